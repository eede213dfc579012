//! `run.settings-applied`: the server took every setting of the submitted file; none was thrown
//! away with a warning, and none waits for a restart.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::measure::postgres::Bounds;
use crate::measure::tuned::Server;
use crate::message;
use crate::message::Message;
use crate::postgres_conf::{Conf, known};
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// The server to ask.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsApplied {
    /// The server.
    #[serde(default)]
    pub on: Server,
}

/// Of the submitted file only: what the image sets before it is ours.
const ERRORS: &str = "SELECT name, setting, error, sourceline FROM pg_catalog.pg_file_settings \
    WHERE error IS NOT NULL AND sourcefile LIKE '%/student.conf' ORDER BY seqno";
const PENDING: &str = "SELECT name FROM pg_catalog.pg_settings WHERE pending_restart ORDER BY name";

/// Asks the server what it made of its files.
///
/// # Errors
/// The server does not say.
pub async fn check(spec: &SettingsApplied, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(judge(&spec.on, cx).await)
}

async fn judge(on: &Server, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let conf = on.conf(cx)?;
    let auditor = on.auditor(cx).await?;
    let errors = on.ask(cx, &auditor, ERRORS, Bounds::QUERY.time).await?;
    let pending = on.ask(cx, &auditor, PENDING, Bounds::QUERY.time).await?;
    let notes = repeated(&conf);

    let text = |row: &[Option<String>], at: usize| -> String {
        row.get(at).cloned().flatten().unwrap_or_default()
    };
    let counts = |row: &[Option<String>]| {
        let last = conf.setter(&text(row, 0)).map(|setting| setting.line);
        last.is_none_or(|last| text(row, 3) == last.to_string())
    };
    let mut findings: Vec<(Option<u32>, Message)> = errors
        .iter()
        .filter(|row| counts(row))
        .map(|row| {
            let message = message!(
                "applied-error",
                name = text(row, 0),
                value = text(row, 1),
                error = text(row, 2)
            );
            (text(row, 3).parse().ok(), message)
        })
        .collect();
    findings.extend(pending.iter().map(|row| {
        let name = text(row, 0);
        let line = conf.setter(&name.to_ascii_lowercase()).map(|it| it.line);
        (line, message!("applied-pending", name = name))
    }));
    let mut findings = findings.into_iter();
    let Some((line, first)) = findings.next() else {
        let message = message!("applied-all", settings = conf.effective().len());
        return Ok(Verdict::passed(Evidence::from(message).with_details(notes)));
    };
    let details = findings.map(|(_, message)| message).chain(notes).collect();
    let evidence = Evidence::from(first).with_details(details);
    Ok(Verdict::failed(match line {
        Some(line) => evidence.at(conf.excerpt(&on.file, line, 1)),
        None => evidence,
    }))
}

/// Settings that a later line sets again: no failure, but worth knowing.
fn repeated(conf: &Conf) -> Vec<Message> {
    let last = conf.effective();
    let earlier = conf.settings.iter().filter_map(|setting| {
        let name = known::canonical(&setting.name);
        let counts = last.get(&name).filter(|it| it.line != setting.line)?;
        Some(message!(
            "applied-repeated",
            name = &setting.name,
            line = setting.line,
            last = counts.line
        ))
    });
    earlier.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::message::Arg;

    #[test]
    fn an_earlier_duplicate_is_noted() {
        let notes = repeated(&Conf::read(b"fsync = off\nwork_mem = 6MB\nFsync = on\n"));
        assert_eq!(notes.len(), 1);
        assert_eq!(notes[0].args["last"], Arg::from(3_u32));
    }
}
