//! `pg_hba.conf`, as far as it says by which method a remote host proves itself.
//!
//! Rules of the file: PostgreSQL 15's documentation, "The pg_hba.conf File".

use std::net::IpAddr;

/// A line for connections over TCP.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// From 1.
    pub number: u32,
    /// Whether it is about hosts other than the server itself.
    pub remote: bool,
    /// The method, in lower case; empty if the line has none.
    pub method: String,
}

/// The lines for connections over TCP, in order. A line that PostgreSQL would not understand keeps
/// the server from starting, so it is left out here.
#[must_use]
pub fn lines(text: &str) -> Vec<Line> {
    let mut found = Vec::new();
    let mut rest = text.lines().zip(1_u32..);
    while let Some((line, number)) = rest.next() {
        let mut whole = line.trim_end_matches('\r').to_owned();
        // A backslash at its end goes on with the next line.
        while whole.ends_with('\\') {
            whole.pop();
            let Some((more, _)) = rest.next() else { break };
            whole.push_str(more.trim_end_matches('\r'));
        }
        let fields = fields(&whole);
        let Some(kind) = fields.first() else {
            continue;
        };
        let tcp = ["host", "hostssl", "hostnossl", "hostgssenc", "hostnogssenc"];
        if !tcp.contains(&kind.as_str()) {
            continue;
        }
        let address = fields.get(3).map_or("", String::as_str);
        // An address without a length has its mask in a field of its own.
        let masked = address.parse::<IpAddr>().is_ok();
        let mask = fields.get(4).filter(|_| masked).map(String::as_str);
        let method = fields.get(if masked { 5 } else { 4 });
        found.push(Line {
            number,
            remote: is_remote(address, mask),
            method: method.map_or_else(String::new, |method| method.to_lowercase()),
        });
    }
    found
}

/// Fields are separated by blanks, lists within one by commas; quotes keep both.
fn fields(line: &str) -> Vec<String> {
    let mut fields: Vec<String> = Vec::new();
    let mut field: Option<String> = None;
    let mut quoted = false;
    let mut listed = false;
    for c in line.chars() {
        match c {
            '"' => {
                quoted = !quoted;
                field.get_or_insert_default();
            }
            '#' if !quoted => break,
            c if c.is_whitespace() && !quoted => {
                // After a comma the list goes on behind the blanks.
                if !listed {
                    fields.extend(field.take());
                }
                continue;
            }
            c => field.get_or_insert_default().push(c),
        }
        listed = c == ',' && !quoted;
    }
    fields.extend(field);
    fields
}

fn is_remote(address: &str, mask: Option<&str>) -> bool {
    if address.eq_ignore_ascii_case("samehost") || address.eq_ignore_ascii_case("localhost") {
        return false;
    }
    let (address, length) = match address.split_once('/') {
        Some((address, length)) => (address, length.parse().ok()),
        None => (address, mask.and_then(length)),
    };
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => !(address.is_loopback() && length.is_none_or(|it| it >= 8)),
        Ok(IpAddr::V6(address)) => !(address.is_loopback() && length.is_none_or(|it| it == 128)),
        Err(_) => true,
    }
}

/// The length of a mask, as in 255.0.0.0.
fn length(mask: &str) -> Option<u32> {
    Some(match mask.parse().ok()? {
        IpAddr::V4(mask) => mask.to_bits().leading_ones(),
        IpAddr::V6(mask) => mask.to_bits().leading_ones(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_remote_and_how_it_proves_itself() {
        let cases = [
            (
                "host all all samenet scram-sha-256",
                Some((true, "scram-sha-256")),
            ),
            ("host all all 127.0.0.1/32 trust", Some((false, "trust"))),
            (
                "host all all 127.0.0.1 255.255.255.255 trust",
                Some((false, "trust")),
            ),
            (
                "host all all 127.0.0.0/8 trust # локально",
                Some((false, "trust")),
            ),
            ("host all all 127.0.0.1/0 trust", Some((true, "trust"))),
            (
                "host all all 127.0.0.1 0.0.0.0 trust",
                Some((true, "trust")),
            ),
            ("host all all ::1/128 trust", Some((false, "trust"))),
            ("host all all ::/0 password", Some((true, "password"))),
            (
                "host replication \"my user\", other 0.0.0.0/0 TRUST",
                Some((true, "trust")),
            ),
            ("host all all localhost trust", Some((false, "trust"))),
            ("HOST all all all trust", None),
            (
                "hostssl all all .example.com cert clientname=CN",
                Some((true, "cert")),
            ),
            ("local all all trust", None),
            ("# host all all all trust", None),
            (
                "host \\\n all all \\\n 10.0.0.0 255.0.0.0 md5",
                Some((true, "md5")),
            ),
        ];
        for (text, expected) in cases {
            let found = lines(text);
            let first = found
                .first()
                .map(|line| (line.remote, line.method.as_str()));
            assert_eq!(first, expected, "{text}");
        }
        let numbers: Vec<u32> = lines("\nhost a b \\\n samenet md5\n\nhost a b samenet md5")
            .iter()
            .map(|line| line.number)
            .collect();
        assert_eq!(numbers, [2, 5]);
    }
}
