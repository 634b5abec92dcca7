"""Which sites and columns to watch: one TOML file a site, and the catalog that loads and checks them."""
