//! What runs in a service beside its image, and the passwords that its variables name.

use labgrade_checkers::message;

use super::{Finding, Subject, files};
use crate::spec::mistake::did_you_mean;
use crate::spec::places::way;
use crate::spec::{LabSpec, ServiceSpec};

/// How a variable names a password.
const BEGINS: &str = "${password.";

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let services = subject.spec.services.iter();
    services
        .flat_map(|(name, service)| {
            let project = of_project(subject, name, service);
            project
                .into_iter()
                .chain(of_env(subject.spec, name, service))
        })
        .collect()
}

fn of_project(subject: &Subject<'_>, name: &str, service: &ServiceSpec) -> Vec<Finding> {
    let Some(project) = &service.project else {
        return Vec::new();
    };
    let at = |field| way!["services", name, "project", field];
    let mut findings = Vec::new();
    if service.data.is_some() {
        let message = message!("spec-project-on-data", name = name);
        findings.push(
            Finding::new(way!["services", name, "project"], message)
                .help(message!("spec-project-on-data-help")),
        );
    }
    if project.command.is_empty() {
        findings.push(Finding::new(
            at("command"),
            message!("spec-project-no-command"),
        ));
    }
    if let Some(folder) = &project.folder
        && !files::has_below(subject, folder)
    {
        let message = message!("spec-project-no-folder", path = folder);
        findings.push(Finding::new(at("folder"), message));
    }
    findings
}

/// A name that no service has would reach the container as it is written.
fn of_env(spec: &LabSpec, name: &str, service: &ServiceSpec) -> Vec<Finding> {
    let logins = || {
        let all = spec.services.values().flat_map(|service| &service.logins);
        all.map(String::as_str)
    };
    let mut findings = Vec::new();
    for (variable, value) in &service.env {
        for rest in value.split(BEGINS).skip(1) {
            let login = rest.split('}').next().unwrap_or_default();
            if !logins().any(|known| known == login) {
                let message = message!("spec-env-no-login", login = login);
                findings.push(
                    Finding::new(way!["services", name, "env", variable], message)
                        .meant(did_you_mean(login, logins())),
                );
            }
        }
    }
    findings
}
