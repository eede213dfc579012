//! What lies in Redis, as an administrator of the grader's sees it: every key of every database of
//! the server, with its lifetime, and the values that hold a word.
//!
//! Scripts of ours run on the server, so that all keys are seen at one moment.

use std::collections::BTreeMap;
use std::time::Duration;

use redis::cmd;

use crate::context::Context;
use crate::measure::cache::Cached;
use crate::measure::redis::Redis;
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::Broken;

/// Walks over all keys: `each(database, key, type)`.
const WALK: &str = "
local function walk(each)
  for db in string.gmatch(redis.call('INFO', 'keyspace'), 'db(%d+):') do
    redis.call('SELECT', db)
    local cursor = '0'
    repeat
      local page = redis.call('SCAN', cursor, 'COUNT', 1000)
      cursor = page[1]
      for _, key in ipairs(page[2]) do
        each(db, key, redis.call('TYPE', key).ok)
      end
    until cursor == '0'
  end
end
local function holds(value, word)
  return type(value) == 'string' and string.find(value, word, 1, true)
end
";

/// Of each key: database, key, type, and milliseconds that are left (-1: it lives for ever).
const ALL: &str = "
local found = {}
walk(function(db, key, kind)
  table.insert(found, {db, key, kind, redis.call('PTTL', key)})
end)
return found
";

/// The same of keys whose value holds a word.
const HOLDING: &str = "
local word, found = ARGV[1], {}
walk(function(db, key, kind)
  local parts = {}
  if kind == 'string' then parts = {redis.call('GET', key)}
  elseif kind == 'hash' then parts = redis.call('HVALS', key)
  elseif kind == 'list' then parts = redis.call('LRANGE', key, 0, -1)
  end
  for _, part in ipairs(parts) do
    if holds(part, word) then
      table.insert(found, {db, key, kind, redis.call('PTTL', key)})
      break
    end
  end
end)
return found
";

/// Puts another word of the same length in the place of one, wherever it is in a value; lifetimes
/// stay. Gives the number of places.
const REPLACE: &str = "
local old, new, places = ARGV[1], ARGV[2], 0
walk(function(db, key, kind)
  if kind == 'string' then
    local value = redis.call('GET', key)
    if holds(value, old) then
      redis.call('SET', key, (string.gsub(value, old, new)), 'KEEPTTL')
      places = places + 1
    end
  elseif kind == 'hash' then
    local pairs = redis.call('HGETALL', key)
    for at = 1, #pairs, 2 do
      if holds(pairs[at + 1], old) then
        redis.call('HSET', key, pairs[at], (string.gsub(pairs[at + 1], old, new)))
        places = places + 1
      end
    end
  elseif kind == 'list' then
    for at, value in ipairs(redis.call('LRANGE', key, 0, -1)) do
      if holds(value, old) then
        redis.call('LSET', key, at - 1, (string.gsub(value, old, new)))
        places = places + 1
      end
    end
  end
end)
return places
";

/// A key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Its name; what is no UTF-8 in it is shown as such.
    pub name: Tainted,
    /// As in `hash`.
    pub kind: String,
    /// Milliseconds that are left; none if it lives for ever.
    pub left: Option<u64>,
}

impl Key {
    fn of((database, name, kind, left): (String, Vec<u8>, String, i64)) -> Self {
        let name = String::from_utf8_lossy(&name);
        let name = match database.as_str() {
            "0" => name.into_owned(),
            other => format!("{other}/{name}"),
        };
        Self {
            name: Tainted::bounded(&name, 200),
            kind,
            left: u64::try_from(left).ok(),
        }
    }

    /// The key as a finding.
    #[must_use]
    pub fn shown(&self) -> Message {
        let (name, kind) = (self.name.clone(), &self.kind);
        match self.left {
            Some(left) => message!("cache-key", name = name, kind = kind, millis = left),
            None => message!("cache-key-for-ever", name = name, kind = kind),
        }
    }
}

/// The grader's session with Redis.
pub struct Keeper {
    redis: Redis,
}

impl Keeper {
    /// Opens it.
    ///
    /// # Errors
    /// Redis does not let us in.
    pub async fn open(cx: &Context<'_>, cached: &Cached) -> Result<Self, Broken> {
        let redis = Redis::open(cx.bench, &cached.redis, &cached.keeper).await?;
        Ok(Self { redis })
    }

    /// Every key, those that have ended left out.
    ///
    /// # Errors
    /// Redis refuses.
    pub async fn all(&self) -> Result<Vec<Key>, Broken> {
        self.keys(ALL, &[]).await
    }

    /// The keys whose value holds a word of letters.
    ///
    /// # Errors
    /// Redis refuses.
    pub async fn holding(&self, word: &str) -> Result<Vec<Key>, Broken> {
        self.keys(HOLDING, &[word]).await
    }

    /// Puts a word in the place of another, both of letters and of the same length; gives the
    /// number of places.
    ///
    /// # Errors
    /// Redis refuses.
    pub async fn replace(&self, old: &str, new: &str) -> Result<usize, Broken> {
        let mut command = script(REPLACE);
        command.arg(old).arg(new);
        self.redis.ask(&command).await
    }

    /// Forgets every key, as a Redis that was started anew.
    ///
    /// # Errors
    /// Redis refuses.
    pub async fn forget(&self) -> Result<(), Broken> {
        self.redis.ask::<()>(cmd("FLUSHALL").arg("SYNC")).await
    }

    /// A part of what Redis says of itself, as in `evicted_keys` of `stats`.
    ///
    /// # Errors
    /// Redis refuses.
    pub async fn info(&self, section: &str) -> Result<BTreeMap<String, String>, Broken> {
        let text: String = self.redis.ask(cmd("INFO").arg(section)).await?;
        let lines = text.lines().filter_map(|line| line.split_once(':'));
        Ok(lines
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect())
    }

    /// How often each command ran since the server's start, as in `keys` or `config|set`.
    ///
    /// # Errors
    /// Redis refuses.
    pub async fn commands(&self) -> Result<BTreeMap<String, u64>, Broken> {
        let lines = self.info("commandstats").await?;
        Ok(lines
            .iter()
            .filter_map(|(name, value)| calls_of(name, value))
            .collect())
    }

    /// One of the numbers of [`Keeper::info`].
    ///
    /// # Errors
    /// Redis refuses, or does not have it.
    pub async fn number(&self, section: &str, name: &str) -> Result<u64, Broken> {
        let lines = self.info(section).await?;
        let value = lines.get(name).and_then(|value| value.parse().ok());
        value.ok_or_else(|| Broken::because(message!("broken-redis"), name))
    }

    /// How much Redis may keep.
    ///
    /// # Errors
    /// Redis refuses.
    pub async fn limit(&self, bytes: u64) -> Result<(), Broken> {
        let mut command = cmd("CONFIG");
        command.arg("SET").arg("maxmemory").arg(bytes);
        self.redis.ask::<()>(&command).await
    }

    /// Keeps whatever would change Redis waiting for a while; who only reads is answered.
    ///
    /// # Errors
    /// Redis refuses.
    pub async fn hold_writes(&self, time: Duration) -> Result<(), Broken> {
        let mut command = cmd("CLIENT");
        command
            .arg("PAUSE")
            .arg(u64::try_from(time.as_millis()).unwrap_or(u64::MAX))
            .arg("WRITE");
        self.redis.ask::<()>(&command).await
    }

    async fn keys(&self, body: &str, words: &[&str]) -> Result<Vec<Key>, Broken> {
        let mut command = script(body);
        command.arg(words);
        let found: Vec<(String, Vec<u8>, String, i64)> = self.redis.ask(&command).await?;
        let mut keys: Vec<Key> = found
            .into_iter()
            // -2: it has ended just now.
            .filter(|(_, _, _, left)| *left != -2)
            .map(Key::of)
            .collect();
        keys.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(keys)
    }
}

fn script(body: &str) -> redis::Cmd {
    let mut command = cmd("EVAL");
    command.arg(format!("{WALK}{body}")).arg(0);
    command
}

/// As in `cmdstat_config|set:calls=3,usec=…`.
fn calls_of(name: &str, value: &str) -> Option<(String, u64)> {
    let name = name.strip_prefix("cmdstat_")?;
    let calls = value
        .split(',')
        .find_map(|part| part.strip_prefix("calls="))?;
    Some((name.to_owned(), calls.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statistics_of_commands_are_read() {
        let value = "calls=3,usec=5,usec_per_call=1.67,rejected_calls=9,failed_calls=0";
        assert_eq!(
            calls_of("cmdstat_keys", value),
            Some(("keys".to_owned(), 3))
        );
        assert_eq!(
            calls_of("cmdstat_config|set", "calls=12"),
            Some(("config|set".to_owned(), 12))
        );
        for (name, value) in [("used_memory", "calls=3"), ("cmdstat_get", "usec=3")] {
            assert_eq!(calls_of(name, value), None, "{name}");
        }
    }

    #[test]
    fn a_key_is_named_with_its_database_and_lives_or_ends() {
        let key = |database: &str, left| {
            Key::of((
                database.to_owned(),
                b"product:\xff1".to_vec(),
                "hash".to_owned(),
                left,
            ))
        };
        assert_eq!(key("0", -1).left, None);
        assert_eq!(key("0", 30_000).left, Some(30_000));
        assert_eq!(key("0", 1).name.as_str(), "product:\u{fffd}1");
        assert_eq!(key("3", 1).name.as_str(), "3/product:\u{fffd}1");
    }
}
