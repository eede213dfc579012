//! A PostgreSQL server that runs with a submission's configuration: whether it answers, and where it
//! does not, the line of its log that says why.
//!
//! Whose fault it is, the kind decides that asked.

use std::time::{Duration, Instant};

use crate::bench::{Command, State};
use crate::context::Context;
use crate::measure::postgres::{NoEntry, Refusal, Session};
use crate::message;
use crate::message::{Message, Tainted};
use crate::verdict::{Broken, Evidence, Excerpt};
use crate::wait;

/// Where the image's cluster lies.
pub const PGDATA: &str = "/var/lib/labgrade/pgdata";
/// How long a server may take until it answers: 0.4 s were measured, 4 s with both cores busy.
pub const START: Duration = Duration::from_secs(40);
/// A server that says that it is ready is reached through the network within this time: the
/// gateway looks its name up every 200 ms.
const LISTENS: Duration = Duration::from_secs(8);
/// Between two looks at what the server says of itself in its lock file.
const ASK: Duration = Duration::from_millis(500);
/// Bytes of a log that are read where the server keeps it in files of its own.
const LOG_FILES: usize = 8 << 20;
/// Lines of a log that are shown at most.
const SHOWN: usize = 12;

/// What a start came to.
#[derive(Debug)]
pub enum Start {
    /// The server lets the login in.
    Answers,
    /// It has died.
    Died(Death),
    /// It runs, and refuses the login.
    Refuses(Refusal),
    /// It runs and is ready, but nothing reaches it through the network.
    Deaf,
    /// It runs, and is not ready.
    Slow,
}

/// Why a server died.
#[derive(Debug, Clone)]
pub struct Death {
    /// How its process ended.
    pub state: State,
    /// What its log says of it.
    pub reason: Reason,
}

/// The lines of a log that say why a server does not start.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Reason {
    /// The lines, without what stands before their severity.
    pub lines: Vec<String>,
    /// The file that they name, and its line.
    pub place: Option<(String, u32)>,
    /// The setting that they name.
    pub setting: Option<String>,
}

/// Waits until a server answers that has just been started, or until it is clear that it will not.
///
/// # Errors
/// The engine does not say.
pub async fn answers(
    cx: &Context<'_>,
    service: &str,
    database: &str,
    role: &str,
) -> Result<Start, Broken> {
    let login = cx.bench.login(service, role)?;
    let mut ready_since: Option<Instant> = None;
    let began = Instant::now();
    let mut last_asked = began;
    let seen = wait::while_it_works(START, async || {
        match Session::knock(cx.bench, service, database, &login, "").await {
            Ok(_) => return Ok(Some(Start::Answers)),
            Err(NoEntry::Ours(broken)) => return Err(broken),
            // Still starting, or recovering; without hot standby it would be so for ever.
            Err(NoEntry::Refused(refusal))
                if refusal.code.starts_with("57")
                    && !refusal
                        .more
                        .as_str()
                        .contains("Hot standby mode is disabled") =>
            {
                return Ok(None);
            }
            Err(NoEntry::Refused(refusal)) => return Ok(Some(Start::Refuses(refusal))),
            Err(NoEntry::Unreachable(_) | NoEntry::Silent) => {}
        }
        let state = cx.bench.state(service).await?;
        if !state.running {
            let reason = reason(&written_log(cx, service).await?);
            return Ok(Some(Start::Died(Death { state, reason })));
        }
        // To read a file out of a container is dear, and seldom needed: most servers answer soon.
        if ready_since.is_none() && began.elapsed() > ASK && last_asked.elapsed() > ASK {
            last_asked = Instant::now();
            if is_ready(cx, service).await? {
                ready_since = Some(Instant::now());
            }
        }
        let deaf = ready_since.is_some_and(|since| since.elapsed() > LISTENS);
        Ok(deaf.then_some(Start::Deaf))
    })
    .await?;
    Ok(seen.unwrap_or(Start::Slow))
}

/// Whether the server itself says that it is ready: the eighth line of its lock file.
async fn is_ready(cx: &Context<'_>, service: &str) -> Result<bool, Broken> {
    let path = format!("{PGDATA}/postmaster.pid");
    let files = cx.bench.get(service, &path, 4_096).await?;
    let text = files
        .first()
        .map(|(_, bytes)| String::from_utf8_lossy(bytes));
    Ok(text.is_some_and(|text| {
        let status = text.lines().nth(7);
        status.is_some_and(|status| status.trim() == "ready")
    }))
}

/// Everything that the server has written to a log: to the container's, and to files of its own,
/// where `logging_collector` puts them.
///
/// # Errors
/// The engine does not say.
pub async fn written_log(cx: &Context<'_>, service: &str) -> Result<String, Broken> {
    let mut log = cx.bench.whole_log(service).await?;
    let path = format!("{PGDATA}/current_logfiles");
    let listed = cx.bench.get(service, &path, 4_096).await?;
    let listed = listed
        .first()
        .map(|(_, bytes)| String::from_utf8_lossy(bytes).into_owned());
    let files: Vec<String> = listed
        .iter()
        .flat_map(|text| text.lines())
        .filter_map(|line| line.split_once(' '))
        .map(|(_, file)| match file.starts_with('/') {
            true => file.to_owned(),
            false => format!("{PGDATA}/{file}"),
        })
        .collect();
    if files.is_empty() {
        return Ok(log);
    }
    if !cx.bench.state(service).await?.running {
        for file in files {
            for (_, bytes) in cx.bench.get(service, &file, LOG_FILES).await? {
                log.push_str(&String::from_utf8_lossy(&bytes));
            }
        }
        return Ok(log);
    }
    // The ends of the files, and of those beside them that rotation has left. What lies in memory,
    // as in /dev/shm, only a program inside the container can read.
    let mut command = vec!["sh", "-c", GATHER, "gather", GATHERED];
    command.extend(files.iter().map(String::as_str));
    cx.bench.exec(service, Command::of(&command)).await?;
    for (_, bytes) in cx.bench.get(service, GATHERED, LOG_FILES).await? {
        log.push_str(&String::from_utf8_lossy(&bytes));
    }
    Ok(log)
}

/// Where the ends of the logs are put together.
const GATHERED: &str = "/tmp/labgrade-gathered";
/// Puts together the ends of the files named, and of their neighbours of the same kind.
const GATHER: &str = r#"
to=$1; shift
for file; do
    folder=${file%/*}; name=${file##*/}; kind=${name##*.}
    case $name in
        *.*) for one in "$folder"/*."$kind"; do [ -f "$one" ] && tail -c 4194304 "$one"; done ;;
        *) tail -c 4194304 "$file" ;;
    esac
done 2> /dev/null | tail -c 8388608 > "$to"; true
"#;

/// Finds the lines that say why a server did not start or died: the last FATAL or PANIC, what
/// belongs to it, and where it only says that a file has errors, the lines that name them.
#[must_use]
pub fn reason(log: &str) -> Reason {
    let lines: Vec<&str> = log.lines().map(plain).collect();
    let fatal = |line: &&str| line.starts_with("FATAL:") || line.starts_with("PANIC:");
    let Some(last) = lines.iter().rposition(fatal) else {
        let from = lines.len().saturating_sub(5);
        return told(&lines[from..]);
    };
    // What belongs to a line follows it.
    let more = lines[last + 1..]
        .iter()
        .take_while(|line| is_more(line))
        .count();
    let of_a_file = ["contains errors", "could not load"];
    let first = if of_a_file.iter().any(|words| lines[last].contains(words)) {
        let before = lines[..last]
            .iter()
            .rev()
            .take_while(|line| is_more(line) || (line.starts_with("LOG:") && is_mistake(line)))
            .count();
        last - before.min(SHOWN)
    } else {
        last
    };
    told(&lines[first..=last + more])
}

/// A line without its prefix, which is the student's to choose.
fn plain(line: &str) -> &str {
    const WORDS: [&str; 9] = [
        "LOG:",
        "FATAL:",
        "PANIC:",
        "ERROR:",
        "WARNING:",
        "DETAIL:",
        "HINT:",
        "CONTEXT:",
        "STATEMENT:",
    ];
    let at = WORDS.iter().filter_map(|word| line.find(word)).min();
    at.map_or(line, |at| &line[at..])
}

fn is_more(line: &str) -> bool {
    ["DETAIL:", "HINT:", "CONTEXT:"]
        .iter()
        .any(|word| line.starts_with(word))
}

/// What a server says of a configuration file, and not of its start.
fn is_mistake(line: &str) -> bool {
    ![
        "starting PostgreSQL",
        "listening on",
        "database system",
        "redirecting log output",
    ]
    .iter()
    .any(|words| line.contains(words))
}

fn told(lines: &[&str]) -> Reason {
    Reason {
        lines: lines
            .iter()
            .filter(|line| !line.trim().is_empty())
            .take(SHOWN)
            .map(|line| (*line).to_owned())
            .collect(),
        place: lines.iter().find_map(|line| place(line)),
        setting: lines.iter().find_map(|line| setting(line)),
    }
}

/// `… in file "/a/b.conf" line 3 …` and `line 3 of configuration file "/a/b.conf"`.
fn place(line: &str) -> Option<(String, u32)> {
    let number = |text: &str| -> Option<u32> {
        let digits: String = text.chars().take_while(char::is_ascii_digit).collect();
        digits.parse().ok()
    };
    if let Some((_, rest)) = line.split_once(" file \"")
        && let Some((file, rest)) = rest.split_once('"')
    {
        if let Some(rest) = rest.strip_prefix(" line ") {
            return Some((file.to_owned(), number(rest)?));
        }
        let (before, _) = line.split_once(" of configuration file")?;
        let (_, digits) = before.rsplit_once("line ")?;
        return Some((file.to_owned(), number(digits)?));
    }
    None
}

fn setting(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("parameter \"")?;
    rest.split('"').next().map(str::to_owned)
}

impl Death {
    /// One sentence.
    #[must_use]
    pub fn message(&self, service: &str) -> Message {
        if self.state.out_of_memory {
            return message!("server-out-of-memory", service = service);
        }
        match self.reason.lines.last() {
            Some(line) => message!("server-died", service = service, line = line),
            None => message!("server-died-silent", service = service),
        }
    }

    /// The sentence with the lines of the log, at the place in the submitted file that they name.
    /// `files` are the submission's, each with the end of the path that it has in the container,
    /// its text, and how many lines of the grader's stand before it there.
    #[must_use]
    pub fn evidence(&self, service: &str, files: &[Placed<'_>]) -> Evidence {
        let details = self
            .reason
            .lines
            .iter()
            .map(|line| message!("server-says", line = line))
            .collect();
        let evidence = Evidence::from(self.message(service)).with_details(details);
        match files.iter().find_map(|file| file.excerpt(&self.reason)) {
            Some(excerpt) => evidence.at(excerpt),
            None => evidence,
        }
    }
}

/// A submitted file as it lies in the container.
#[derive(Debug, Clone, Copy)]
pub struct Placed<'a> {
    /// Its path in the submission.
    pub file: &'a str,
    /// The end of its path in the container.
    pub inside: &'a str,
    /// Its text.
    pub text: &'a str,
    /// Lines of the grader's that stand before it there.
    pub before: u32,
}

impl Placed<'_> {
    fn excerpt(&self, reason: &Reason) -> Option<Excerpt> {
        let line = match &reason.place {
            Some((path, line)) if path.ends_with(self.inside) => line.checked_sub(self.before)?,
            Some(_) => return None,
            // A wrong value is named without its place: the last line that sets it counts.
            None => {
                let name = reason.setting.as_deref()?.to_lowercase();
                let sets = |line: &str| {
                    let line = line.trim_start().to_lowercase();
                    let rest = line.strip_prefix(&name).map(str::to_owned);
                    rest.is_some_and(|rest| rest.starts_with([' ', '\t', '=']))
                };
                let found = self.text.lines().rev().position(sets)?;
                u32::try_from(self.text.lines().count() - found).ok()?
            }
        };
        let text = self
            .text
            .lines()
            .nth(usize::try_from(line).ok()?.checked_sub(1)?)?;
        Some(Excerpt {
            file: Some(self.file.to_owned()),
            line: Some(line),
            column: Some(1),
            text: Tainted::bounded(text, 300),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_says_why() {
        let start = "2026-01-01 10:00:00.000 UTC [7] LOG:  starting PostgreSQL 15.14\n";
        let cases = [
            (
                "2026 UTC [7] LOG:  unrecognized configuration parameter \"shared_bufers\" in file \"/p/student.conf\" line 3\n\
                 2026 UTC [7] FATAL:  configuration file \"/p/postgresql.conf\" contains errors\n",
                2,
                Some(("/p/student.conf", 3)),
                Some("shared_bufers"),
            ),
            (
                "LOG:  invalid value for parameter \"max_connections\": \"lots\"\nHINT:  a hint\nFATAL:  configuration file \"/p/postgresql.conf\" contains errors\n",
                3,
                None,
                Some("max_connections"),
            ),
            (
                "x LOG:  invalid connection type \"foo\"\nx CONTEXT:  line 7 of configuration file \"/p/pg_hba.conf\"\nx FATAL:  could not load /p/pg_hba.conf\n",
                3,
                Some(("/p/pg_hba.conf", 7)),
                None,
            ),
            (
                "myapp FATAL:  WAL archival cannot be enabled\nLOG:  database system is shut down\n",
                1,
                None,
                None,
            ),
            ("cp: cannot stat\n", 2, None, None),
        ];
        for (log, lines, place, setting) in cases {
            let reason = reason(&format!("{start}{log}"));
            assert_eq!(reason.lines.len(), lines, "{reason:?}");
            let place = place.map(|(file, line)| (file.to_owned(), line));
            assert_eq!(reason.place, place, "{log}");
            assert_eq!(reason.setting.as_deref(), setting, "{log}");
        }
    }

    #[test]
    fn the_place_is_in_the_students_own_file() {
        let text = "# mine\nMAX_connections = 10\nhost all\nmax_connections=lots # 100\n";
        let placed = Placed {
            file: "postgresql.conf",
            inside: "/student.conf",
            text,
            before: 2,
        };
        let line = |place: Option<(&str, u32)>, setting: Option<&str>| {
            let reason = Reason {
                lines: Vec::new(),
                place: place.map(|(file, line)| (file.to_owned(), line)),
                setting: setting.map(str::to_owned),
            };
            placed.excerpt(&reason).and_then(|excerpt| excerpt.line)
        };
        assert_eq!(line(Some(("/p/student.conf", 5)), None), Some(3));
        assert_eq!(line(Some(("/p/student.conf", 1)), None), None);
        assert_eq!(line(Some(("/p/postgresql.conf", 5)), None), None);
        assert_eq!(line(None, Some("max_connections")), Some(4));
        assert_eq!(line(None, Some("max_connection")), None);
    }
}
