"""One module a CMS family: from a list page to article links and further pages."""
