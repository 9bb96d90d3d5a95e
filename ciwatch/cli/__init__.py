"""The commands of the program ``ciwatch``, grouped as its users think."""
