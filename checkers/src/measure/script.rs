//! A submitted SQL script, run statement by statement, with the variables that its authors were
//! promised filled in.

use std::time::Duration;

use crate::measure::postgres::{Bounds, Session, Trouble};
use crate::message;
use crate::message::{Message, Tainted};
use crate::sql::Script;
use crate::verdict::{Evidence, Excerpt, Stop};
use pg_query::NodeEnum;

/// For one statement of a script.
pub const STATEMENT: Duration = Duration::from_secs(30);

/// Names and values of what scripts are given.
#[derive(Debug, Clone, Default)]
pub struct Variables(pub Vec<(String, String)>);

impl Variables {
    /// A value by its name; empty if there is none.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value)
    }

    /// Puts the names back in the place of the values, so that no password gets into a report.
    #[must_use]
    pub fn hide(&self, text: &str) -> String {
        // A user's name or a port says nothing, and may stand anywhere.
        let secret = |name: &str| name.ends_with("PASSWORD");
        let secrets = self.0.iter().filter(|(name, _)| secret(name));
        secrets.fold(text.to_owned(), |text, (name, value)| {
            text.replace(value.as_str(), &format!("${{{name}}}"))
        })
    }

    fn shown(&self, excerpt: Excerpt) -> Excerpt {
        Excerpt {
            text: Tainted::new(&self.hide(excerpt.text.as_str())),
            ..excerpt
        }
    }

    /// Fills `${NAME}` in; what is not a name of ours stays as it is.
    #[must_use]
    pub fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, value)| {
            text.replace(&format!("${{{name}}}"), value)
        })
    }
}

/// Reads a script with its variables filled in, and sees that each of its statements is SQL that
/// can be sent as it is.
///
/// # Errors
/// It is not: the student's, at its line.
pub fn read(file: &str, bytes: &[u8], variables: &Variables) -> Result<Script, Stop> {
    let at = |message: Message, text: &str, at: usize| {
        let excerpt = variables.shown(crate::sql::excerpt(file, text, at));
        Stop::failed(Evidence::from(message).at(excerpt))
    };
    let filled = match std::str::from_utf8(bytes) {
        Ok(text) => variables.fill(text).into_bytes(),
        Err(_) => bytes.to_vec(),
    };
    let script = Script::read(file, &filled)
        .map_err(|(text, mistake)| at(mistake.message, &text, mistake.at))?;
    for statement in &script.statements {
        match &statement.parsed {
            Err(mistake) => return Err(at(mistake.message.clone(), &script.text, mistake.at)),
            // The protocol would wait for rows that never come.
            Ok(NodeEnum::CopyStmt(copy)) if copy.filename.is_empty() && !copy.is_program => {
                let message = message!("script-copy", statement = statement.number);
                return Err(at(message, &script.text, statement.start));
            }
            Ok(_) => {}
        }
    }
    Ok(script)
}

/// Runs a script in a session. Whatever keeps a statement from ending is the student's: nothing else
/// runs on the server.
///
/// # Errors
/// A statement is refused, does not end, or takes the server with it; at its line.
pub async fn run(session: &Session, script: &Script, variables: &Variables) -> Result<(), Stop> {
    let bounds = Bounds {
        time: STATEMENT,
        ..Bounds::QUERY
    };
    for statement in &script.statements {
        let Err(trouble) = session.rows(&statement.sql, bounds).await else {
            continue;
        };
        let mut at = statement.start;
        let message = match &trouble {
            Trouble::Refused(refusal) => {
                let position = refusal.position.and_then(|it| usize::try_from(it).ok());
                let within = position.and_then(|position| {
                    let mut places = statement.sql.char_indices();
                    places.nth(position.saturating_sub(1))
                });
                at += within.map_or(0, |(byte, _)| byte);
                message!(
                    "sql-applies-refused",
                    statement = statement.number,
                    error = variables.hide(refusal.message.as_str()),
                    more = variables.hide(refusal.more.as_str()),
                    code = refusal.code.as_str(),
                )
            }
            Trouble::TimedOut(limit) => message!(
                "script-timeout",
                statement = statement.number,
                seconds = limit.as_secs()
            ),
            // Rows that nobody asked for are no reason to fail.
            Trouble::TooMuch => continue,
            Trouble::Lost(why) => {
                message!("script-lost", statement = statement.number, error = why)
            }
        };
        let excerpt = variables.shown(script.excerpt(at));
        return Err(Stop::failed(Evidence::from(message).at(excerpt)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_are_filled_in_and_nothing_else() {
        let variables = Variables(vec![
            ("USER".into(), "u1".into()),
            ("PASS".into(), "p".into()),
        ]);
        assert_eq!(
            variables.fill("CREATE ROLE ${USER} PASSWORD '${PASS}' -- ${OTHER} $USER"),
            "CREATE ROLE u1 PASSWORD 'p' -- ${OTHER} $USER"
        );
    }

    #[test]
    fn what_cannot_be_sent_is_refused_at_its_line() {
        let line = |sql: &str| match read("i.sql", sql.as_bytes(), &Variables::default()) {
            Err(Stop::Failed(evidence)) => evidence.excerpt.and_then(|excerpt| excerpt.line),
            _ => None,
        };
        assert_eq!(line("SELECT 1;\nCOPY t FROM STDIN;"), Some(2));
        assert_eq!(line("SELECT 1;\n\n\\c shop"), Some(3));
        assert_eq!(line("COPY t FROM PROGRAM 'x';\nSELECT 1"), None);
        assert_eq!(line("DO $$ BEGIN PERFORM 1; END $$;"), None);
    }
}
