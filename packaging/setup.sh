# The set-up, in plain POSIX sh. Sourced by run, test and build, which set $clone first; starts nothing by itself.
#
# The set-up is made of pieces, each a folder named after the hash of the files it is made from:
#   run    a Python environment with what the program needs       data   the catalog and the managed policies
#   dev    on top of run: what packaging/test needs               build  on top of run: what packaging/build needs
# A piece counts once its file `ready` is there, which is made last: an interrupted piece is made anew by the next start.
# `ready` holds the sizes of the files that matter most, so that a piece that lost some is made anew as well.
# `lock` in the same folder lets one set-up work at a time; `in-use` is held (shared) by every running program, so that
# the pieces of an older version are only removed while nobody runs one.

layout=1 # raise when the way a piece is made changes

# What the user's shell says to Python must neither get into the pieces nor stop what makes them.
unset PYTHONPATH PYTHONHOME PYTHONWARNINGS

say() {
    printf 'policy-workbench: %s\n' "$*" >&2
}

die() {
    say "$@"
    exit 2
}

# Python's environments and its path cannot have one.
case $clone:${POLICY_WORKBENCH_SETUP-}: in
*:*:*:*) die "neither the path of the clone nor that of the set-up may hold a colon: $clone" ;;
esac

# --- pieces: find and make -------------------------------------------------------------------------------------------

# find_piece NAME FILE...: is it ready? Sets $piece (its folder's name) and, if so, $found (its path).
find_piece() {
    name=$1
    shift
    sum=$(cat "$@" | sha256sum)
    piece=$name-$layout-${sum%"${sum#????????????????}"}
    if [ -n "${POLICY_WORKBENCH_SETUP:-}" ]; then
        is_ready "$POLICY_WORKBENCH_SETUP"
    else
        is_ready "$clone/.setup" || is_ready "${XDG_CACHE_HOME:-${HOME:-}/.cache}/policy-workbench"
    fi
}

is_ready() {
    found=$1/$piece
    # A link to a Python that is gone (the system was upgraded) makes the environment useless: then it is made anew.
    [ -e "$found/ready" ] && { [ ! -L "$found/bin/python3" ] || [ -x "$found/bin/python3" ]; } || return 1
    # An empty `ready` was written before sizes were noted.
    [ ! -s "$found/ready" ] || sizes "$found" | cmp -s - "$found/ready"
}

# sizes FOLDER: the sizes of the catalog, of every library and of every package's first file in a piece.
sizes() (
    LC_ALL=C
    export LC_ALL
    cd "$1" && wc -c data/*.bin lib/python3.*/site-packages/*/__init__.py lib/python3.*/site-packages/*/*.so \
        lib/python3.*/site-packages/PySide6/Qt/lib/*.so* \
        lib/python3.*/site-packages/PySide6/Qt/plugins/platforms/*.so 2>/dev/null || true
)

# need NAME HOW FILE...: sets $found to the ready piece, making it with `HOW folder` where it is missing.
need() {
    how=$2
    name=$1
    shift 2
    find_piece "$name" "$@" && return
    choose_root
    exec 8>>"$root/lock"
    if command -v flock >/dev/null && ! flock -n 8; then
        say "another set-up is at work in $root; waiting for it"
        flock 8
    fi
    if ! is_ready "$root"; then
        [ ! -e "$found/ready" ] || say "the set-up in $found is damaged; making it anew"
        rm -rf "$found"
        mkdir "$found"
        "$how" "$found"
        sync -f "$found" 2>/dev/null || true
        sizes "$found" >"$found/unready"
        mv "$found/unready" "$found/ready"
        made=yes
    fi
    exec 8>&-
}

# Sets $root: the folder to make pieces in.
choose_root() {
    if [ -n "${POLICY_WORKBENCH_SETUP:-}" ]; then
        root=$POLICY_WORKBENCH_SETUP
    elif [ -w "$clone" ] && { [ ! -e "$clone/.setup" ] || [ -w "$clone/.setup" ]; }; then
        root=$clone/.setup
    elif [ -n "${XDG_CACHE_HOME:-${HOME:-}}" ]; then
        root=${XDG_CACHE_HOME:-$HOME/.cache}/policy-workbench
    else
        die "cannot write to $clone; set POLICY_WORKBENCH_SETUP to a folder for the set-up"
    fi
    mkdir -p "$root" 2>/dev/null && [ -w "$root" ] || die "cannot write to $root, where the set-up should go"
    root=$(cd "$root" && pwd -P)
}

# Hold `in-use` until this process and what it becomes have ended.
hold_setup() {
    in_use=${run_path%/*}/in-use
    if [ -r "$in_use" ] && command -v flock >/dev/null; then
        exec 9<"$in_use"
        flock -s 9
    fi
}

# Are there pieces of other versions, left because a program ran out of them?
has_outdated() {
    set -- "${run_path%/*}"/run-*
    [ $# = 1 ] || return 0
    set -- "${data_path%/*}"/data-*
    [ $# != 1 ]
}

# Remove the pieces of other versions, in the clone's own folder only, and only while no program runs out of it.
remove_outdated() {
    root=$clone/.setup
    [ "${run_path%/*}" = "$root" ] && [ -w "$root" ] && command -v flock >/dev/null || return 0
    exec 9>>"$root/in-use"
    if flock -n -x 9; then
        for old in "$root"/run-* "$root"/data-* "$root"/dev-* "$root"/build-*; do
            [ -e "$old" ] || continue
            case ${old##*/} in
            "${run_path##*/}" | "${data_path##*/}") ;;
            dev-* | build-*) current_extra "$old" || rm -rf "$old" ;;
            *) rm -rf "$old" ;;
            esac
        done
    fi
    exec 9>&-
}

# Is this a dev or build piece of the present version?
current_extra() {
    name=${1##*/}
    name=${name%%-*}
    find_piece "$name" "$locks-run.txt" "$locks-$name.txt"
    [ "$piece" = "${1##*/}" ]
}

# --- the pieces themselves -------------------------------------------------------------------------------------------

# find_python: sets $python to a Python that is new enough, and $python_version to "3.x".
find_python() {
    [ -z "${python:-}" ] || return 0
    seen=
    if [ -n "${POLICY_WORKBENCH_PYTHON:-}" ] && command -v "$POLICY_WORKBENCH_PYTHON" >/dev/null; then
        set -- "$POLICY_WORKBENCH_PYTHON" # one name, with spaces perhaps
    else
        # shellcheck disable=SC2086 # else the list is words
        set -- ${POLICY_WORKBENCH_PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}
    fi
    for candidate in "$@"; do
        python=$("$candidate" -c 'import os, sys; print(os.path.realpath(sys.executable))' 2>/dev/null) || continue
        python_version=$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
        case $python_version in
        3.11 | 3.12 | 3.13 | 3.14) return 0 ;;
        esac
        seen="${seen:-, only }${seen:+ and }$python_version"
    done
    die "Policy Workbench needs Python 3.11 or newer (up to 3.14), and there is none here$seen."
}

# How pip can be had: "own" (ensurepip), "lent" (a pip that can install into another environment) or "none".
pip_source() {
    if "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo own
    elif "$python" -m pip --python "$python" --version >/dev/null 2>&1; then
        echo lent
    else
        echo none
    fi
}

# run_logged FOLDER WHAT COMMAND...: quiet, unless it fails.
run_logged() {
    log=$1/setup.log
    what=$2
    shift 2
    if ! "$@" >>"$log" 2>&1 </dev/null; then
        tail -n 25 "$log" >&2
        die "$what failed; the lines above say why ($log)"
    fi
}

# make_environment FOLDER LOCK: a Python environment with exactly what LOCK lists, by hash.
make_environment() {
    find_python
    source=$(pip_source)
    if [ "$source" = lent ]; then
        run_logged "$1" "making a Python environment" "$python" -m venv --without-pip "$1"
        set -- "$1" "$2" "$python" -m pip --python "$1/bin/python3"
    else
        run_logged "$1" "making a Python environment" "$python" -m venv "$1"
        set -- "$1" "$2" "$1/bin/python3" -m pip
    fi
    folder=$1
    requirements=$2
    shift 2
    # The user's own pip settings of where packages come from (index, proxy, certificates) hold, and the hashes say that
    # nothing else gets in. Those of where packages go to must not: an option beats what a variable or pip.conf says.
    run_logged "$folder" "installing the packages" env PIP_REQUIRE_VIRTUALENV=0 PIP_DRY_RUN=0 PIP_PYTHON= \
        "$@" install --disable-pip-version-check --no-input --progress-bar off --require-hashes --no-deps \
        --no-user --target '' --prefix "$folder" --root / --only-binary :all: --requirement "$requirements"
    run_logged "$folder" "checking the packages" "$folder/bin/python3" -I "$clone/packaging/check_installed.py" \
        "$requirements"
}

make_run() {
    say "setting up, once for this version (a minute or two): fetching Qt for Python ..."
    make_environment "$1" "$locks-run.txt"
}

# An environment that also sees the packages of `run`.
make_extra() {
    make_environment "$1" "$2"
    # Side by side they are found from each other, so that the folder may be moved.
    run_from_site=$run_path
    [ "$(cd "${run_path%/*}" && pwd -P)" != "${1%/*}" ] || run_from_site=../../../../${run_path##*/}
    for site in "$1"/lib/python3.*/site-packages; do
        printf '%s\n' "$run_from_site/lib/${site#"$1/lib/"}" >"$site/policy-workbench-run.pth"
    done
}

make_dev() {
    say "setting up: fetching the tools for the tests ..."
    make_extra "$1" "$locks-dev.txt"
}

make_build() {
    say "setting up: fetching the packager ..."
    make_extra "$1" "$locks-build.txt"
}

make_data() {
    say "setting up: building the catalog of AWS services ..."
    find_python
    maker=$run_path/bin/python3
    if ! "$maker" -c 'import pip' 2>/dev/null; then
        maker=$python
    fi
    run_logged "$1" "building the catalog" env PIP_REQUIRE_VIRTUALENV=0 \
        "$maker" -P "$clone/packaging/build_catalog.py" --download --wheels "$1/wheels" --out "$1/data"
    rm -rf "$1/wheels"
}

# --- what the system must have ---------------------------------------------------------------------------------------

# Shared libraries that Qt needs from the system, by what it draws to, and the Debian packages that hold them
# (tests/packaging holds this table against what Qt's own files ask for).
qt_libraries="
any     libEGL.so.1             libegl1
any     libGL.so.1              libgl1
any     libX11.so.6             libx11-6
any     libdbus-1.so.3          libdbus-1-3
any     libfontconfig.so.1      libfontconfig1
any     libfreetype.so.6        libfreetype6
any     libglib-2.0.so.0        libglib2.0-0
any     libgthread-2.0.so.0     libglib2.0-0
any     libxkbcommon.so.0       libxkbcommon0
any     libzstd.so.1            libzstd1
xcb     libX11-xcb.so.1         libx11-xcb1
xcb     libxcb.so.1             libxcb1
xcb     libxcb-cursor.so.0      libxcb-cursor0
xcb     libxcb-icccm.so.4       libxcb-icccm4
xcb     libxcb-image.so.0       libxcb-image0
xcb     libxcb-keysyms.so.1     libxcb-keysyms1
xcb     libxcb-randr.so.0       libxcb-randr0
xcb     libxcb-render.so.0      libxcb-render0
xcb     libxcb-render-util.so.0 libxcb-render-util0
xcb     libxcb-shape.so.0       libxcb-shape0
xcb     libxcb-shm.so.0         libxcb-shm0
xcb     libxcb-sync.so.1        libxcb-sync1
xcb     libxcb-util.so.1        libxcb-util1
xcb     libxcb-xfixes.so.0      libxcb-xfixes0
xcb     libxcb-xkb.so.1         libxcb-xkb1
xcb     libxkbcommon-x11.so.0   libxkbcommon-x11-0
wayland libwayland-client.so.0  libwayland-client0
wayland libwayland-cursor.so.0  libwayland-cursor0
wayland libwayland-egl.so.1     libwayland-egl1
"

# missing_for_python: adds to $missing the package without which no Python environment can be made.
missing_for_python() {
    find_python
    [ "$(pip_source)" = none ] || return 0
    case $python in
    /usr/bin/*) missing="$missing python$python_version-venv" ;;
    *) die "$python has neither ensurepip nor pip; set POLICY_WORKBENCH_PYTHON to a Python that has one" ;;
    esac
}

# missing_for_packager: adds to $missing what PyInstaller and the Debian package are made with.
missing_for_packager() {
    command -v objdump >/dev/null || missing="$missing binutils"
    command -v dpkg-deb >/dev/null || missing="$missing dpkg"
    find_python
    if ! "$python" -c 'import ctypes, sysconfig; ctypes.CDLL(sysconfig.get_config_var("INSTSONAME"))' 2>/dev/null; then
        case $python in
        /usr/bin/*) missing="$missing libpython$python_version" ;;
        esac
    fi
}

# missing_for_window KIND...: adds to $missing the packages that Qt needs to draw to these (any, xcb, wayland), and a font.
missing_for_window() {
    ldconfig=$(command -v ldconfig || echo /sbin/ldconfig)
    libraries=$("$ldconfig" -p 2>/dev/null) || return 0 # no Debian, no opinion: Qt itself will say
    while read -r kind library package; do
        case " $* " in *" $kind "*) ;; *) continue ;; esac
        case $libraries in *"	$library "*) continue ;; esac
        case "$missing " in *" $package "*) ;; *) missing="$missing $package" ;; esac
    done <<TABLE
$qt_libraries
TABLE
    fonts=$(find /usr/share/fonts /usr/local/share/fonts "${HOME:-/nowhere}/.fonts" "${HOME:-/nowhere}/.local/share/fonts" \
        -name '*.[to]t[fc]' 2>/dev/null | head -n 1)
    [ -n "$fonts" ] || missing="$missing fonts-dejavu-core"
}

# Install the Debian packages in $missing as root; otherwise say the one line that does, and stop.
get_missing() {
    [ -n "$missing" ] || return 0
    missing=${missing# }
    command -v apt-get >/dev/null || die "these Debian packages, or what this system calls them, are missing: $missing"
    set -- /var/lib/apt/lists/*_Packages*
    if [ "$(id -u)" != 0 ]; then
        say "some system packages are missing. Install them with this line, then start again:"
        update=
        [ -e "$1" ] || update='sudo apt-get update && '
        printf '    %ssudo apt-get install --yes --no-install-recommends %s\n' "$update" "$missing" >&2
        exit 2
    fi
    say "installing system packages: $missing"
    log=$(mktemp)
    # shellcheck disable=SC2086 # the list is words
    if ! { [ -e "$1" ] && apt_install $missing; } >"$log" 2>&1; then
        { apt-get update && apt_install $missing; } >"$log" 2>&1 </dev/null || {
            tail -n 25 "$log" >&2
            die "apt-get could not install them; the lines above say why ($log)"
        }
    fi
    rm -f "$log"
    missing=
}

apt_install() {
    DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" </dev/null
}

# --- what run, test and build ask for --------------------------------------------------------------------------------

locks=$clone/packaging/requirements

need_run() {
    [ -z "${run_path:-}" ] || return 0 # found already
    need run make_run "$locks-run.txt"
    run_path=$found
}

need_data() {
    need data make_data "$clone/packaging/build_catalog.py" "$clone/packaging/catalog-sources.txt" \
        "$clone"/workbench/catalog/compiler/*.py "$clone/workbench/catalog/store.py"
    data_path=$found
}

# need_extra NAME: the dev or the build piece; sets $found.
need_extra() {
    need "$1" "make_$1" "$locks-run.txt" "$locks-$1.txt"
}

# All of the program's own pieces; $made says whether one was made just now.
need_program() {
    made=
    need_run
    need_data
    if [ -n "$made" ]; then
        : >>"${run_path%/*}/in-use"
        say "set up."
    fi
    if has_outdated; then
        remove_outdated
    fi
}
