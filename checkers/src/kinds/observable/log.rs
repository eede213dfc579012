//! A log of PostgreSQL's, as text, CSV or JSON, in records: a line with a severity, and what follows
//! it up to the next one.

use std::time::Duration;

/// The records of a log.
pub(super) struct Log {
    records: Vec<String>,
}

const SEVERITIES: [&str; 6] = ["LOG", "WARNING", "NOTICE", "INFO", "ERROR", "FATAL"];

impl Log {
    pub fn read(text: &str) -> Self {
        let mut records: Vec<String> = Vec::new();
        for line in text.lines() {
            match records.last_mut() {
                Some(last) if !begins(line) => {
                    last.push('\n');
                    last.push_str(line);
                }
                _ => records.push(line.to_owned()),
            }
        }
        Self { records }
    }

    /// Whether each of the words is in a record that has a time of at least `least`; or, where
    /// statements are logged before they run and the times without them, whether there are as many
    /// times as words.
    pub fn has_durations(&self, words: &[String], least: Duration) -> bool {
        let least = least.as_secs_f64() * 1_000.0;
        let mut alone = 0;
        let mut timed = vec![false; words.len()];
        let mut named = vec![false; words.len()];
        for record in &self.records {
            let is_slow = duration(record).is_some_and(|millis| millis >= least);
            let mut has_word = false;
            for (at, _) in words
                .iter()
                .enumerate()
                .filter(|(_, word)| record.contains(*word))
            {
                has_word = true;
                timed[at] |= is_slow;
                named[at] = true;
            }
            let has_text = ["statement:", "execute ", "Query Text", "Query-Text"]
                .iter()
                .any(|words| record.contains(words));
            if is_slow && !has_word && !has_text {
                alone += 1;
            }
        }
        let untimed = timed.iter().filter(|it| !**it).count();
        untimed <= alone && named.iter().all(|it| *it)
    }

    /// Whether the log tells of a lock that this process waited for.
    pub fn has_lock_wait(&self, pid: i64) -> bool {
        let (waits, got) = (
            format!("process {pid} still waiting for"),
            format!("process {pid} acquired"),
        );
        let mut records = self.records.iter();
        records.any(|record| record.contains(&waits) || record.contains(&got))
    }

    /// Whether the log tells of a temporary file of this process that is at least so large.
    pub fn has_temporary_file(&self, pid: i64, least: u64) -> bool {
        let path = format!("pgsql_tmp{pid}.");
        self.records.iter().any(|record| {
            let size = record
                .split_once("temporary file: path")
                .filter(|(_, rest)| rest.contains(&path))
                .and_then(|(_, rest)| rest.split_once(", size "))
                .map(|(_, rest)| digits(rest));
            size.flatten().is_some_and(|size| size >= least)
        })
    }
}

/// Whether a line begins a record.
fn begins(line: &str) -> bool {
    if line.starts_with('\t') {
        return false;
    }
    line.starts_with('{')
        || SEVERITIES
            .iter()
            .any(|word| line.contains(&format!("{word}:  ")) || line.contains(&format!(",{word},")))
}

/// Milliseconds of `duration: 1201.345 ms`.
fn duration(record: &str) -> Option<f64> {
    let (_, rest) = record.split_once("duration: ")?;
    let (number, _) = rest.split_once(" ms")?;
    number.parse().ok()
}

fn digits(text: &str) -> Option<u64> {
    let end = text
        .find(|c: char| !c.is_ascii_digit())
        .unwrap_or(text.len());
    text[..end].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn durations(text: &str, words: &[&str]) -> bool {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        Log::read(text).has_durations(&words, SECOND)
    }

    #[test]
    fn a_slow_statement_is_found_in_every_format() {
        for (text, found) in [
            (
                "2026 [7] LOG:  duration: 1201.345 ms  statement: SELECT pg_sleep(1.2) AS w1\n",
                true,
            ),
            (
                "2026 [7] LOG:  duration: 900.0 ms  statement: SELECT pg_sleep(1.2) AS w1\n",
                false,
            ),
            (
                "2026 [7] LOG:  statement: SELECT pg_sleep(1.2) AS w1\n",
                false,
            ),
            (
                "LOG:  statement: SELECT pg_sleep(1.2) AS w1\nLOG:  duration: 1200.1 ms\n",
                true,
            ),
            (
                "LOG:  statement: SELECT 1 AS w1\nLOG:  duration: 1200.1 ms  statement: SELECT x\n",
                false,
            ),
            ("LOG:  duration: 1200.1 ms\n", false),
            (
                "x LOG:  duration: 1201.3 ms  plan:\n\tQuery Text: SELECT w1\n\tResult  (cost=0)\n",
                true,
            ),
            (
                "LOG:  00000: duration: 1201.3 ms  statement: SELECT w1\nLOCATION:  exec\n",
                true,
            ),
            (
                "2026,\"app\",\"shop\",7,\"[local]\",s,1,\"SELECT\",x,3/4,0,LOG,00000,\"duration: 1201.3 ms  plan:\nQuery Text: SELECT w1\nResult\",,,\n",
                true,
            ),
            (
                "{\"pid\":7,\"error_severity\":\"LOG\",\"message\":\"duration: 1201.3 ms  statement: SELECT w1\"}\n",
                true,
            ),
            ("", false),
        ] {
            assert_eq!(durations(text, &["w1"]), found, "{text}");
        }
        assert!(!durations(
            "LOG:  duration: 1201 ms  statement: SELECT w1\n",
            &["w1", "w2"]
        ));
    }

    #[test]
    fn locks_and_files_are_found_by_their_process() {
        let log = Log::read(
            "LOG:  process 71 still waiting for ExclusiveLock on advisory lock [5,0,1,1] after 1000.1 ms\n\
             LOG:  temporary file: path \"base/pgsql_tmp/pgsql_tmp72.0\", size 35651584\n",
        );
        assert!(log.has_lock_wait(71) && !log.has_lock_wait(7));
        assert!(log.has_temporary_file(72, 32 << 20));
        assert!(!log.has_temporary_file(72, 40 << 20) && !log.has_temporary_file(7, 1));
    }
}
