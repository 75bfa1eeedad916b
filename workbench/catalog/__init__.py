"""The service-authorization catalog and the library of AWS managed policies: data compiled at build time, dated."""
