"""Who gives a claimed run its process, and ends it when it hangs."""
