"""Everything a user can do, one module a menu, and the menus, tool bar and shortcuts made of it."""
