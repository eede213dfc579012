#!/bin/sh
# A line of two gigabytes.
head -c 2147483648 /dev/zero | tail
