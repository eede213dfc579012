TABLE monitoring.lag;
