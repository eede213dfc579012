#!/bin/sh
head -c 2147483648 /dev/zero > /tmp/zeros
exit 1
