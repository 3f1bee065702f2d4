//! Pages' shell, design system, forms, errors, OpenAPI.
