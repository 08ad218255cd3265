"""What the pin shows that is not code: fonts, designs and icons, as sources, and the builder that compiles them."""
