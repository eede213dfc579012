//! The lab's own id, its limits, its services, and the files that it must have.

use bytesize::ByteSize;
use labgrade_checkers::message;

use super::{Finding, Subject};
use crate::spec::places::way;
use crate::spec::shelf::is_id;
use crate::spec::{LabSpec, ServiceSpec};

/// Below this no server starts.
const LEAST_MEMORY: ByteSize = ByteSize::mib(16);

pub(super) fn check(subject: &Subject<'_>) -> Vec<Finding> {
    let spec = subject.spec;
    let mut findings = Vec::new();
    if spec.id.get_ref() != subject.folder {
        findings.push(
            Finding::new(
                way!["id"],
                message!(
                    "spec-id-not-folder",
                    name = spec.id.get_ref(),
                    folder = subject.folder
                ),
            )
            .meant(Some(message!("spec-meant", name = subject.folder))),
        );
    }
    if spec.deadline.is_zero() {
        findings.push(Finding::new(
            way!["deadline"],
            message!("spec-deadline-zero"),
        ));
    }
    for (name, service) in &spec.services {
        findings.extend(of_service(subject, name, service));
    }
    findings.extend(of_submission(spec));
    if subject.finished {
        findings.extend(of_folder(subject));
    }
    findings
}

fn of_service(subject: &Subject<'_>, name: &str, service: &ServiceSpec) -> Vec<Finding> {
    let at = |field| way!["services", name, field];
    let mut findings = Vec::new();
    if !is_id(name) {
        findings.push(
            Finding::new(
                way!["services", name],
                message!("spec-id-format", name = name),
            )
            .help(message!("spec-id-format-help")),
        );
    }
    match (&service.image, &service.data) {
        (None, None) => findings.push(
            Finding::new(
                way!["services", name],
                message!("spec-service-no-source", name = name),
            )
            .help(message!("spec-service-source-help")),
        ),
        (Some(_), Some(_)) => findings.push(
            Finding::new(
                at("image"),
                message!("spec-service-two-sources", name = name),
            )
            .help(message!("spec-service-source-help")),
        ),
        (None, Some(data)) => {
            let dockerfile = format!("{}/Dockerfile", data.get_ref());
            if !subject.files.contains(&dockerfile) {
                findings.push(Finding::new(
                    at("data"),
                    message!("spec-data-no-dockerfile", path = dockerfile),
                ));
            }
        }
        (Some(_), None) => {}
    }
    if !(service.cpus > 0.0 && service.cpus.is_finite()) {
        findings.push(Finding::new(at("cpus"), message!("spec-cpus")));
    }
    if service.memory < LEAST_MEMORY {
        findings.push(Finding::new(
            at("memory"),
            message!("spec-memory", least = LEAST_MEMORY.as_u64()),
        ));
    }
    if service.port == 0 {
        findings.push(Finding::new(at("port"), message!("spec-port")));
    }
    findings
}

fn of_submission(spec: &LabSpec) -> Vec<Finding> {
    let files = &spec.submission.files;
    let mut findings = Vec::new();
    if files.is_empty() {
        findings.push(Finding::new(
            way!["submission", "files"],
            message!("spec-submission-empty"),
        ));
    }
    for (index, file) in files.iter().enumerate() {
        let at = |field| way!["submission", "files", index, field];
        if files[..index].iter().any(|other| other.path == file.path) {
            let message = message!("spec-submission-twice", path = &file.path);
            findings.push(Finding::new(at("path"), message));
        }
        if file.max_bytes == 0 {
            let message = message!("spec-submission-no-bytes", path = &file.path);
            findings.push(Finding::new(at("max_bytes"), message));
        }
    }
    findings
}

/// What every finished lab has besides `lab.toml`.
fn of_folder(subject: &Subject<'_>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for language in ["ru", "en"] {
        let path = format!("task.{language}.md");
        if !subject.files.contains(&path) {
            findings.push(Finding::new(
                way!["id"],
                message!("spec-task-missing", path = path),
            ));
        }
    }
    if !has_below(subject, "starter") {
        findings.push(Finding::new(way!["id"], message!("spec-starter-missing")));
    }
    findings
}

pub(super) fn has_below(subject: &Subject<'_>, folder: &str) -> bool {
    subject.files.iter().any(|path| {
        path.strip_prefix(folder)
            .is_some_and(|rest| rest.starts_with('/'))
    })
}
