//! The settings that PostgreSQL 15 knows, and those that no submission may touch.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// One setting of PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Its name as PostgreSQL writes it.
    pub name: &'static str,
    /// `bool`, `integer`, `real`, `enum` or `string`.
    pub kind: &'static str,
    /// As in `8kB` or `ms`; empty if it has none.
    pub unit: &'static str,
    /// When it can be changed: `internal`, `postmaster`, `sighup`, `user` and others.
    pub context: &'static str,
    /// The chapter that it belongs to.
    pub category: &'static str,
    /// Its value where nothing sets it.
    pub boot: &'static str,
}

static KNOWN: LazyLock<BTreeMap<String, Known>> = LazyLock::new(|| {
    include_str!("settings-15.tsv")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| {
            let fields: Vec<&'static str> = line.split('\t').collect();
            let &[name, kind, unit, context, category, boot] = fields.as_slice() else {
                return None;
            };
            let known = Known {
                name,
                kind,
                unit,
                context,
                category,
                boot,
            };
            Some((name.to_ascii_lowercase(), known))
        })
        .collect()
});

/// The setting of a name, whatever its case.
#[must_use]
pub fn find(name: &str) -> Option<&'static Known> {
    KNOWN.get(&canonical(name))
}

/// All of them.
pub fn all() -> impl Iterator<Item = &'static Known> {
    KNOWN.values()
}

/// A name in lower case; the two old names that PostgreSQL still takes become the new ones.
#[must_use]
pub fn canonical(name: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.as_str() {
        "sort_mem" => "work_mem".to_owned(),
        "vacuum_mem" => "maintenance_work_mem".to_owned(),
        _ => name,
    }
}

/// A name as PostgreSQL itself writes it; one that it does not know in lower case.
#[must_use]
pub fn written(name: &str) -> String {
    find(name).map_or_else(|| canonical(name), |known| known.name.to_owned())
}

/// Why a setting may not be handed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// The server would run it as a program.
    Command,
    /// It reads another file.
    Include,
    /// Where the server's files are.
    Location,
    /// Where it listens.
    Network,
    /// Whom it lets in, and how.
    Authentication,
    /// A library that the server would load.
    Library,
    /// Nobody can set it.
    Internal,
}

/// Whether, and why, nobody may hand in a setting of this name, whatever its value.
#[must_use]
pub fn refused(name: &str) -> Option<Refused> {
    let name = canonical(name);
    let name = name.as_str();
    Some(match name {
        "include" | "include_if_exists" | "include_dir" => Refused::Include,
        "data_directory"
        | "config_file"
        | "hba_file"
        | "ident_file"
        | "external_pid_file"
        | "extension_destdir"
        | "promote_trigger_file" => Refused::Location,
        "listen_addresses" | "port" => Refused::Network,
        "dynamic_library_path" | "jit_provider" | "archive_library" | "output_plugin_libraries" => {
            Refused::Library
        }
        // A delay of every login, for debuggers.
        "pre_auth_delay"
        | "post_auth_delay"
        | "authentication_timeout"
        | "password_encryption"
        | "db_user_namespace" => Refused::Authentication,
        _ if name.ends_with("_command") => Refused::Command,
        _ if name.starts_with("unix_socket_") || name.starts_with("bonjour") => Refused::Network,
        _ if name == "ssl"
            || ["ssl_", "krb_", "gss_"]
                .iter()
                .any(|it| name.starts_with(it)) =>
        {
            Refused::Authentication
        }
        _ if find(name).is_some_and(|known| known.context == "internal") => Refused::Internal,
        _ => return None,
    })
}

/// The settings whose value is a list of libraries.
pub const LIBRARY_LISTS: [&str; 3] = [
    "shared_preload_libraries",
    "session_preload_libraries",
    "local_preload_libraries",
];

/// The libraries that a list names, each without the folder of PostgreSQL's own libraries and the
/// ending, in lower case.
#[must_use]
pub fn libraries(list: &str) -> Vec<String> {
    const FOLDERS: [&str; 2] = ["$libdir/", "/usr/lib/postgresql/15/lib/"];
    let names = list.split(',').map(|name| name.trim().trim_matches('"'));
    names
        .filter(|name| !name.is_empty())
        .map(|name| {
            let own = FOLDERS.iter().find_map(|folder| name.strip_prefix(folder));
            let own = own.unwrap_or(name);
            own.strip_suffix(".so").unwrap_or(own).to_ascii_lowercase()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_known_or_refused_for_its_reason() {
        assert_eq!(all().count(), 356);
        for (name, reason) in [
            ("shared_buffers", None),
            ("Log_Directory", None),
            ("logging_collector", None),
            ("tcp_keepalives_idle", None),
            ("max_connections", None),
            ("sort_mem", None),
            ("recovery_target_time", None),
            ("ARCHIVE_command", Some(Refused::Command)),
            ("ssl_passphrase_command", Some(Refused::Command)),
            ("include_if_exists", Some(Refused::Include)),
            ("hba_file", Some(Refused::Location)),
            ("port", Some(Refused::Network)),
            ("unix_socket_group", Some(Refused::Network)),
            ("ssl_cert_file", Some(Refused::Authentication)),
            ("krb_server_keyfile", Some(Refused::Authentication)),
            ("jit_provider", Some(Refused::Library)),
            ("block_size", Some(Refused::Internal)),
        ] {
            assert_eq!(refused(name), reason, "{name}");
        }
    }

    #[test]
    fn libraries_are_found_in_any_spelling() {
        let both = ["pg_stat_statements", "auto_explain"];
        assert_eq!(libraries("pg_stat_statements, auto_explain"), both);
        assert_eq!(
            libraries("\"$libdir/pg_stat_statements\" ,$libdir/auto_explain.so"),
            both
        );
        assert_eq!(libraries(""), [""; 0]);
        assert_eq!(libraries("/tmp/auto_explain"), ["/tmp/auto_explain"]);
    }
}
