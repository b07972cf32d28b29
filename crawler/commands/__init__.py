"""The commands of ``scrapy`` that are another here."""
