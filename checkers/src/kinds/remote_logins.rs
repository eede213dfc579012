//! `run.remote-logins`: the replication login has no more rights than it needs, and no login gets in
//! from another host without proving that it knows its password.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::bench::Login;
use crate::context::Context;
use crate::measure::postgres::{NoEntry, Session};
use crate::measure::replication::node::Node;
use crate::measure::replication::wire::{Greeting, greet};
use crate::measure::replication::{ADMIN, PROBE, Replication, Servers, hba, token};
use crate::measure::server::PGDATA;
use crate::message;
use crate::message::Message;
use crate::sql;
use crate::verdict::{Broken, Evidence, Stop, Verdict};

/// Logins beside the replication login and `postgres` that are tried at most.
const MOST_LOGINS: usize = 20;
/// Roles that are as good as a superuser: they run programs or write files on the server.
const AS_GOOD: [&str; 2] = ["pg_execute_server_program", "pg_write_server_files"];
/// The most that is read of a server's `pg_hba.conf`.
const HBA_BYTES: usize = 1 << 20;
/// Members and their roles, so that it is followed here and not by the server's own functions.
const MEMBERS: &str = "SELECT m.member, m.roleid FROM pg_catalog.pg_auth_members m";
const ROLES: &str = "SELECT oid, rolname, rolsuper, rolcanlogin, rolcreaterole, rolreplication FROM pg_catalog.pg_authid";

/// Whose walsenders send now.
const SENDING: &str = "SELECT a.usesysid FROM pg_catalog.pg_stat_get_activity(NULL) a \
    WHERE a.pid IN (SELECT w.pid FROM pg_catalog.pg_stat_get_wal_senders() w)";

/// The servers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoteLogins {
    /// The servers.
    #[serde(default)]
    pub servers: Servers,
    /// The submitted `pg_hba.conf`.
    pub hba: String,
}

#[derive(Debug, Clone)]
struct Role {
    oid: String,
    name: String,
    superuser: bool,
    login: bool,
    makes_roles: bool,
}

/// Looks at the roles, at the file, and knocks.
///
/// # Errors
/// The engine fails.
pub async fn check(spec: &RemoteLogins, cx: &Context<'_>) -> Result<Verdict, Broken> {
    Stop::settle(looks(spec, cx).await)
}

async fn looks(spec: &RemoteLogins, cx: &Context<'_>) -> Result<Verdict, Stop> {
    let node = spec.servers.primary(cx);
    let session = node.admin().await?;
    let roles = roles(node, &session).await?;
    let user = Replication::of(cx)?.variables.get("REPLICATION_USER");
    if !roles.iter().any(|role| role.name == user) {
        return Err(Stop::failed(message!("login-no-role", user = user)));
    }
    // A modest role may stand in front of the one that really replicates.
    let sending = node.rows(&session, SENDING).await?;
    let sends = |role: &Role| {
        sending
            .iter()
            .any(|row| row.first() == Some(&Some(role.oid.clone())))
    };
    for role in roles.iter().filter(|role| role.name == user || sends(role)) {
        if let Some(why) = too_mighty(node, &session, role, &roles).await? {
            return Err(Stop::failed(why));
        }
    }
    in_files(spec, cx).await?;
    let stranger = token(cx, "stranger");
    let mut users = vec![user.to_owned(), "postgres".to_owned(), stranger];
    let others = roles.iter().filter(|role| role.login);
    users.extend(
        others
            .map(|role| role.name.clone())
            .filter(|name| ![user, "postgres", ADMIN, PROBE].contains(&name.as_str()))
            .take(MOST_LOGINS),
    );
    for user in &users {
        knock(&spec.servers, cx, user).await?;
    }
    Ok(Verdict::passed(
        message!("logins-proven", logins = users.len()).into(),
    ))
}

async fn roles(node: Node<'_>, session: &Session) -> Result<Vec<Role>, Stop> {
    let rows = node.rows(session, ROLES).await?;
    let role = |row: Vec<Option<String>>| {
        let text = |column: usize| row.get(column).cloned().flatten().unwrap_or_default();
        let flag = |column: usize| text(column) == "t";
        Role {
            oid: text(0),
            name: text(1),
            superuser: flag(2),
            login: flag(3),
            makes_roles: flag(4),
        }
    };
    Ok(rows.into_iter().map(role).collect())
}

/// Why a role can do more than replicate.
async fn too_mighty(
    node: Node<'_>,
    session: &Session,
    role: &Role,
    roles: &[Role],
) -> Result<Option<Message>, Stop> {
    if role.superuser {
        return Ok(Some(message!("login-superuser", user = &role.name)));
    }
    // In PostgreSQL 15 such a role may give itself every role that is no superuser.
    if role.makes_roles {
        return Ok(Some(message!("login-makes-roles", user = &role.name)));
    }
    let members = node.rows(session, MEMBERS).await?;
    let mut reached = vec![role.oid.clone()];
    let mut next = 0;
    while let Some(member) = reached.get(next).cloned() {
        for row in &members {
            if let [Some(of), Some(group)] = row.as_slice()
                && *of == member
                && !reached.contains(group)
            {
                reached.push(group.clone());
            }
        }
        next += 1;
    }
    let mighty = roles.iter().find(|other| {
        other.oid != role.oid
            && reached.contains(&other.oid)
            && (other.superuser || other.makes_roles || AS_GOOD.contains(&other.name.as_str()))
    });
    Ok(mighty.map(|other| message!("login-member", user = &role.name, role = &other.name)))
}

/// Lines that let remote hosts in without a proof: of the submitted file, and of the one that the
/// server has now, which a script may have changed.
async fn in_files(spec: &RemoteLogins, cx: &Context<'_>) -> Result<(), Stop> {
    let submitted = cx.files.read(&spec.hba)?;
    let path = format!("{PGDATA}/pg_hba.conf");
    let live = cx
        .bench
        .get(&spec.servers.primary, &path, HBA_BYTES)
        .await?;
    let live = live.into_iter().map(|(_, bytes)| bytes);
    for bytes in std::iter::once(submitted).chain(live) {
        in_text(&spec.hba, &String::from_utf8_lossy(&bytes))?;
    }
    Ok(())
}

fn in_text(file: &str, text: &str) -> Result<(), Stop> {
    let found = hba::lines(text)
        .into_iter()
        .find(|line| line.remote && ["trust", "password"].contains(&line.method.as_str()));
    let Some(line) = found else { return Ok(()) };
    let lines = text.split_inclusive('\n');
    let number = usize::try_from(line.number).unwrap_or(1);
    let at: usize = lines.take(number.saturating_sub(1)).map(str::len).sum();
    let message = message!("login-method", method = line.method);
    Err(Stop::failed(
        Evidence::from(message).at(sql::excerpt(file, text, at)),
    ))
}

/// Greets the server as a login from another container, and tries a wrong password where one is
/// asked for.
async fn knock(servers: &Servers, cx: &Context<'_>, user: &str) -> Result<(), Stop> {
    let service = &servers.primary;
    let doors = [
        (servers.database.as_str(), false),
        ("postgres", false),
        ("replication", true),
    ];
    for (database, replication) in doors {
        let greeting = greet(cx.bench, service, user, database, replication).await?;
        let door = if replication { "replication" } else { database };
        let failed = |message| Err(Stop::failed(Evidence::from(message)));
        match greeting {
            Greeting::Trusts => {
                return failed(message!("login-trusted", user = user, database = door));
            }
            Greeting::AsksInTheClear => {
                return failed(message!("login-clear", user = user, database = door));
            }
            Greeting::Refuses(_) | Greeting::Other => continue,
            Greeting::AsksForProof if replication => continue,
            Greeting::AsksForProof => {}
        }
        let wrong = Login {
            user: user.to_owned(),
            password: token(cx, "wrong"),
        };
        match Session::knock(cx.bench, service, database, &wrong, "").await {
            Ok(_) => {
                return failed(message!(
                    "login-wrong-password",
                    user = user,
                    database = door
                ));
            }
            Err(NoEntry::Refused(_)) => {}
            Err(no) => return Err(Stop::Broken(no.broken(service))),
        }
    }
    Ok(())
}
