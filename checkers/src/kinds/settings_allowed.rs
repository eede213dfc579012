//! `run.settings-allowed`: a submitted `postgresql.conf` holds only settings, and only those that a
//! submission may touch.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::message;
use crate::message::{Message, Tainted};
use crate::postgres_conf::known::{self, Refused};
use crate::postgres_conf::{Conf, Mistake, Setting, Wrong};
use crate::verdict::{Broken, Evidence, Verdict};

/// Findings beyond the first that are shown.
const SHOWN: usize = 20;

/// The file, and what may be loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SettingsAllowed {
    /// The submitted file.
    pub file: String,
    /// The libraries that may be preloaded; settings that begin with their names are allowed.
    pub libraries: Vec<String>,
}

/// Reads the file and holds every line against what PostgreSQL knows.
///
/// # Errors
/// The file cannot be read, though intake has seen it.
pub fn check(spec: &SettingsAllowed, cx: &Context<'_>) -> Result<Verdict, Broken> {
    let conf = Conf::read(&cx.files.read(&spec.file)?);
    Ok(judge(spec, &conf))
}

fn judge(spec: &SettingsAllowed, conf: &Conf) -> Verdict {
    let mistakes = conf
        .mistakes
        .iter()
        .map(|mistake| (mistake.line, mistake.column, said(mistake)));
    let refused = conf
        .settings
        .iter()
        .filter_map(|setting| Some((setting.line, setting.column, why(spec, setting)?)));
    let mut findings: Vec<(u32, u32, Message)> = mistakes.chain(refused).collect();
    findings.sort_by_key(|(line, column, _)| (*line, *column));
    let mut findings = findings.into_iter();
    let Some((line, column, first)) = findings.next() else {
        return Verdict::passed(if conf.settings.is_empty() {
            message!("settings-none", file = &spec.file).into()
        } else {
            message!("settings-allowed", settings = conf.effective().len()).into()
        });
    };
    let rest = findings.take(SHOWN).map(|(line, ..)| {
        let text = conf.excerpt(&spec.file, line, 1).text;
        message!(
            "conf-also",
            line = line,
            text = Tainted::bounded(text.as_str(), 80)
        )
    });
    let place = conf.excerpt(&spec.file, line, column);
    Verdict::failed(Evidence::from(first).with_details(rest.collect()).at(place))
}

fn said(mistake: &Mistake) -> Message {
    match &mistake.what {
        Wrong::Syntax(near) if near.is_empty() => message!("conf-syntax-end"),
        Wrong::Syntax(near) => message!("conf-syntax", near = near),
        Wrong::ByteOrderMark => message!("conf-byte-order-mark"),
        Wrong::ZeroByte => message!("conf-zero-byte"),
        Wrong::NotUtf8 => message!("conf-not-utf8"),
    }
}

/// Why a setting may not be handed in.
fn why(spec: &SettingsAllowed, setting: &Setting) -> Option<Message> {
    let name = setting.name.as_str();
    if let Some(reason) = known::refused(name) {
        return Some(match reason {
            Refused::Command => message!("setting-command", name = name),
            Refused::Include => message!("setting-include", name = name),
            Refused::Location => message!("setting-location", name = name),
            Refused::Network => message!("setting-network", name = name),
            Refused::Authentication => message!("setting-authentication", name = name),
            Refused::Library => message!("setting-library-path", name = name),
            Refused::Internal => message!("setting-internal", name = name),
        });
    }
    let lower = known::canonical(name);
    if known::LIBRARY_LISTS.contains(&lower.as_str()) {
        let libraries = known::libraries(&setting.value);
        let other = libraries
            .into_iter()
            .find(|library| !spec.libraries.contains(library));
        let allowed = || spec.libraries.join(", ");
        return other.map(|library| {
            message!(
                "setting-library",
                name = name,
                library = library,
                allowed = allowed()
            )
        });
    }
    if let Some((prefix, _)) = lower.split_once('.') {
        let own = spec.libraries.iter().any(|library| library == prefix);
        return (!own).then(|| message!("setting-foreign", name = name));
    }
    if known::find(name).is_some() {
        return None;
    }
    let close = known::all()
        .map(|known| {
            (
                strsim::normalized_damerau_levenshtein(&lower, known.name),
                known.name,
            )
        })
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    Some(match close {
        Some((closeness, meant)) if closeness >= 0.6 => {
            message!("setting-unknown-meant", name = name, meant = meant)
        }
        _ => message!("setting-unknown", name = name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec() -> SettingsAllowed {
        SettingsAllowed {
            file: "postgresql.conf".to_owned(),
            libraries: ["pg_stat_statements", "auto_explain"]
                .map(str::to_owned)
                .to_vec(),
        }
    }

    fn first(text: &str) -> (String, Option<u32>) {
        match judge(&spec(), &Conf::read(text.as_bytes())) {
            Verdict::Passed { evidence } => (evidence.message.key, None),
            Verdict::Failed { evidence } => (
                evidence.message.key,
                evidence.excerpt.and_then(|it| it.line),
            ),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn each_line_is_allowed_or_refused_for_its_reason() {
        for (line, key) in [
            ("", "settings-none"),
            ("shared_buffers = 256MB", "settings-allowed"),
            ("SHARED_BUFFERS 32768", "settings-allowed"),
            ("logging_collector = on", "settings-allowed"),
            ("log_directory = '/tmp/log'", "settings-allowed"),
            ("log_destination = 'csvlog'", "settings-allowed"),
            (
                "shared_preload_libraries = 'pg_stat_statements'",
                "settings-allowed",
            ),
            ("shared_preload_libraries = ''", "settings-allowed"),
            (
                "shared_preload_libraries = ' \"$libdir/pg_stat_statements\" , auto_explain'",
                "settings-allowed",
            ),
            (
                "session_preload_libraries = auto_explain",
                "settings-allowed",
            ),
            ("pg_stat_statements.max = 10000", "settings-allowed"),
            ("Auto_Explain.log_min_duration = '1s'", "settings-allowed"),
            ("tcp_keepalives_idle = 60", "settings-allowed"),
            ("sort_mem = 6MB", "settings-allowed"),
            ("archive_command = 'rm -rf /'", "setting-command"),
            ("Restore_Command = 'cp'", "setting-command"),
            ("include 'x.conf'", "setting-include"),
            ("include_if_exists = x", "setting-include"),
            ("include_dir 'conf.d'", "setting-include"),
            ("hba_file = '/tmp/x'", "setting-location"),
            ("listen_addresses = '*'", "setting-network"),
            ("port 5433", "setting-network"),
            ("ssl = on", "setting-authentication"),
            ("password_encryption = md5", "setting-authentication"),
            ("shared_preload_libraries = 'pg_cron'", "setting-library"),
            (
                "session_preload_libraries = 'auto_explain,/tmp/x.so'",
                "setting-library",
            ),
            (
                "local_preload_libraries = '$libdir/plugins/auto_explain'",
                "setting-library",
            ),
            ("dynamic_library_path = '/tmp'", "setting-library-path"),
            ("jit_provider = x", "setting-library-path"),
            ("block_size = 4096", "setting-internal"),
            ("myapp.user = 1", "setting-foreign"),
            ("plpgsql.check_asserts = off", "setting-foreign"),
            ("shared_bufers = 256MB", "setting-unknown-meant"),
            ("qwertyuiop = 1", "setting-unknown"),
            ("ALTER SYSTEM SET fsync = off;", "conf-syntax"),
            ("fsync", "conf-syntax-end"),
        ] {
            let line_of = (key.starts_with("setting-") || key.starts_with("conf-")).then_some(2);
            let wanted = if line.is_empty() { None } else { line_of };
            assert_eq!(
                first(&format!("\n{line}\n")),
                (key.to_owned(), wanted),
                "{line}"
            );
        }
    }

    #[test]
    fn the_first_line_is_shown_and_the_others_are_listed() {
        let conf = Conf::read(b"port = 1\nfsync = on\nport = 2\n= 3\n");
        let Verdict::Failed { evidence } = judge(&spec(), &conf) else {
            panic!("refused");
        };
        assert_eq!(evidence.excerpt.and_then(|it| it.line), Some(1));
        let keys: Vec<_> = evidence.details.iter().map(|it| it.key.as_str()).collect();
        assert_eq!(keys, ["conf-also", "conf-also"]);
    }
}
