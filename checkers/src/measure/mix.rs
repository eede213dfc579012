//! A mix of requests out of a lab's specification: which one comes next is drawn by weight, and its
//! constants are a row of the database, drawn too. All follow from a stream of the seed.
//!
//! Nothing is sent here.

use std::collections::BTreeMap;

use rand::Rng;
use rand::RngExt;
use rand::seq::IndexedRandom;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::measure::http::Request;
use crate::measure::postgres::Table;
use crate::message;
use crate::verdict::Broken;

/// One kind of request of a mix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ask {
    /// How often it comes, beside the others' weights.
    #[serde(default = "one")]
    pub weight: u32,
    /// Method and path, as in `GET /orders/${order_id}`; `${…}` is a column of the draws. Methods
    /// are GET, POST, PUT and DELETE.
    pub send: String,
    /// The body, which is JSON.
    #[serde(default)]
    pub body: Option<String>,
    /// The statuses of a right answer; each of 200 to 299 if there is none.
    #[serde(default)]
    pub expect: Vec<u16>,
    /// What right answers hold, looked up in some of them: JSON pointers, as in `/items/0/id`, and
    /// values as text.
    #[serde(default)]
    pub answers: BTreeMap<String, String>,
}

fn one() -> u32 {
    1
}

/// A request that was drawn, and what its answer should hold.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The request.
    pub request: Request,
    /// The statuses of a right answer; each of 200 to 299 if there is none.
    pub expect: Vec<u16>,
    /// JSON pointers and values.
    pub answers: Vec<(String, String)>,
}

/// A value of an answer that is another one than it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Differs {
    /// The JSON pointer.
    pub field: String,
    /// What is there; none if nothing is.
    pub seen: Option<String>,
    /// What should be there.
    pub wanted: String,
}

/// Draws so many requests.
///
/// # Errors
/// The lab's mix is none: no request that could be drawn, no row, an unknown column or method.
pub fn draw(
    mix: &[Ask],
    rows: &Table,
    count: usize,
    random: &mut impl Rng,
) -> Result<Vec<Asked>, Broken> {
    let total: u32 = mix.iter().map(|ask| ask.weight).sum();
    if total == 0 {
        return Err(message!("broken-mix-empty").into());
    }
    (0..count)
        .map(|_| {
            let mut place = random.random_range(0..total);
            // The place lies within one of them: they add up to the total.
            let ask = mix.iter().find(|ask| {
                let here = place < ask.weight;
                place = place.wrapping_sub(ask.weight);
                here
            });
            let ask = ask.unwrap_or(&mix[0]);
            let row = rows.1.choose(random).map_or(&[][..], Vec::as_slice);
            filled(ask, &rows.0, row)
        })
        .collect()
}

fn filled(ask: &Ask, columns: &[String], row: &[Option<String>]) -> Result<Asked, Broken> {
    let fill = |text: &str, write: fn(&str) -> String| -> Result<String, Broken> {
        let mut parts = text.split("${");
        let mut full = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let unknown = || Broken::from(message!("broken-mix-column", text = text));
            let (name, rest) = part.split_once('}').ok_or_else(unknown)?;
            let column = columns.iter().position(|column| column == name);
            let value = column
                .and_then(|column| row.get(column))
                .ok_or_else(unknown)?;
            full.push_str(&write(value.as_deref().unwrap_or("null")));
            full.push_str(rest);
        }
        Ok(full)
    };
    let wrong = || Broken::from(message!("broken-mix-request", text = &ask.send));
    let (method, path) = ask.send.split_once(' ').ok_or_else(wrong)?;
    let path = fill(path, escaped_in_path)?;
    let request = match method {
        "GET" => Request::get(path),
        "POST" => Request::post(path),
        "PUT" => Request::put(path),
        "DELETE" => Request::delete(path),
        _ => return Err(wrong()),
    };
    let request = match &ask.body {
        Some(body) => request.text(fill(body, escaped_in_json)?),
        None => request,
    };
    let answers = ask.answers.iter().map(|(field, wanted)| {
        let wanted = fill(wanted, str::to_owned)?;
        Ok((field.clone(), wanted))
    });
    Ok(Asked {
        request,
        expect: ask.expect.clone(),
        answers: answers.collect::<Result<_, Broken>>()?,
    })
}

/// Percent-encoded, but for what is unreserved (RFC 3986, section 2.3).
fn escaped_in_path(text: &str) -> String {
    let mut escaped = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                escaped.push(char::from(byte));
            }
            byte => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

/// As it stands within a string of JSON; a number stays one.
fn escaped_in_json(text: &str) -> String {
    let quoted = Value::from(text).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

impl Asked {
    /// Looks for what the body of a right answer must hold.
    ///
    /// # Errors
    /// The first value that is another one.
    pub fn look(&self, body: &[u8]) -> Result<(), Differs> {
        if self.answers.is_empty() {
            return Ok(());
        }
        let json: Option<Value> = serde_json::from_slice(body).ok();
        for (field, wanted) in &self.answers {
            let seen = json.as_ref().and_then(|json| json.pointer(field));
            let seen = seen.map(|value| match value {
                Value::String(text) => text.clone(),
                value => value.to_string(),
            });
            if !seen.as_deref().is_some_and(|seen| same(seen, wanted)) {
                return Err(Differs {
                    field: field.clone(),
                    seen,
                    wanted: wanted.clone(),
                });
            }
        }
        Ok(())
    }
}

/// The same text, or the same number: 12.5 is 12.50.
fn same(seen: &str, wanted: &str) -> bool {
    let number = |text: &str| text.parse::<f64>().ok();
    seen == wanted
        || matches!((number(seen), number(wanted)), (Some(seen), Some(wanted)) if (seen - wanted).abs() < 1e-9)
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand_chacha::ChaCha12Rng;

    use super::*;

    fn ask(weight: u32, send: &str, body: Option<&str>) -> Ask {
        Ask {
            weight,
            send: send.to_owned(),
            body: body.map(str::to_owned),
            expect: vec![200],
            answers: BTreeMap::from([("/id".to_owned(), "${id}".to_owned())]),
        }
    }

    fn rows() -> Table {
        let row = |id: &str, name: &str| vec![Some(id.to_owned()), Some(name.to_owned())];
        let columns = vec!["id".to_owned(), "name".to_owned()];
        (columns, vec![row("1", "a"), row("2", "it's a \"b\"/ü")])
    }

    #[test]
    fn requests_come_by_weight_and_follow_from_the_seed() {
        let mix = [
            ask(3, "GET /a/${id}", None),
            ask(0, "GET /never", None),
            ask(1, "POST /b", Some("{}")),
        ];
        let drawn = |seed| -> Vec<String> {
            let mut random = ChaCha12Rng::seed_from_u64(seed);
            let asked = draw(&mix, &rows(), 400, &mut random).expect("requests");
            asked.iter().map(|asked| asked.request.curl()).collect()
        };
        assert_eq!(drawn(1), drawn(1));
        assert_ne!(drawn(1), drawn(2));
        let posts = drawn(1).iter().filter(|line| line.contains("POST")).count();
        assert!((70..130).contains(&posts), "{posts}");
        let ones = drawn(1).iter().filter(|line| line.contains("/a/1")).count();
        assert!((110..190).contains(&ones), "{ones}");
    }

    #[test]
    fn constants_are_escaped_where_they_stand() {
        let (columns, rows) = rows();
        let ask = ask(
            1,
            "PUT /p/${name}?id=${id}",
            Some(r#"{"id": ${id}, "name": "${name}"}"#),
        );
        let asked = filled(&ask, &columns, &rows[1]).expect("a request");
        assert_eq!(
            asked.request.path(),
            "/p/it%27s%20a%20%22b%22%2F%C3%BC?id=2"
        );
        assert_eq!(
            asked.request.body(),
            Some(r#"{"id": 2, "name": "it's a \"b\"/ü"}"#)
        );
        assert_eq!(asked.answers, [("/id".to_owned(), "2".to_owned())]);
    }

    #[test]
    fn a_mix_that_is_none_is_ours() {
        let mut random = ChaCha12Rng::seed_from_u64(1);
        for mix in [
            vec![],
            vec![ask(0, "GET /", None)],
            vec![ask(1, "GET/", None)],
            vec![ask(1, "BREW /", None)],
            vec![ask(1, "GET /${other}", None)],
            vec![ask(1, "GET /${id", None)],
        ] {
            assert!(draw(&mix, &rows(), 1, &mut random).is_err(), "{mix:?}");
        }
        let none = (vec!["id".to_owned()], Vec::new());
        assert!(draw(&[ask(1, "GET /${id}", None)], &none, 1, &mut random).is_err());
    }

    #[test]
    fn answers_are_looked_into() {
        let asked = Asked {
            request: Request::get("/"),
            expect: Vec::new(),
            answers: vec![
                ("/id".into(), "7".into()),
                ("/items/0/price".into(), "12.5".into()),
            ],
        };
        let right = [
            r#"{"id": 7, "items": [{"price": 12.50}]}"#,
            r#"{"id": "7", "items": [{"price": "12.5"}, {}]}"#,
        ];
        for body in right {
            assert_eq!(asked.look(body.as_bytes()), Ok(()), "{body}");
        }
        for (body, field, seen) in [
            ("", "/id", None),
            ("7", "/id", None),
            (r#"{"id": 8}"#, "/id", Some("8")),
            (r#"{"id": null}"#, "/id", Some("null")),
            (r#"{"id": 7, "items": []}"#, "/items/0/price", None),
        ] {
            let differs = asked.look(body.as_bytes()).expect_err("a difference");
            assert_eq!(
                (differs.field.as_str(), differs.seen.as_deref()),
                (field, seen),
                "{body}"
            );
        }
    }
}
