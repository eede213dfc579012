#!/bin/bash
echo "promoted"
