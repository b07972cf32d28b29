"""Looking at list pages without crawling, with the manners of a crawl."""
