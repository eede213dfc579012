#!/bin/bash
exec pg_ctl promote --silent --wait
