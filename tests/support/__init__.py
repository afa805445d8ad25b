"""What the tests of the whole are made of: a running instance, a telephone network, people in browsers."""
