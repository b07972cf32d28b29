"""What a site's pages say of how it is to be declared: pure functions over fetched pages."""
