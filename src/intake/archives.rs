//! Builds archives for the tests, byte by byte where a library would refuse to.

use std::fs;
use std::io::{Cursor, Write};

use flate2::{Compression, write::GzEncoder};
use tar::{EntryType, Header};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::{IntakeError, Limits, Required, Rule, Rules, Submission, take};

/// What the tests' lab asks for, and its content.
pub(super) const ASKED: &str = "indexes.sql";
pub(super) const TEXT: &[u8] = b"CREATE INDEX ON orders (customer_id, created_at DESC);\n";

pub(super) fn lab() -> Rules {
    Rules {
        required: vec![Required {
            path: ASKED.to_owned(),
            max_bytes: 64 << 10,
        }],
        ..Rules::default()
    }
}

/// The digest, or the rule; anything else is a mistake of this test.
pub(super) fn rule(taken: Result<Submission, IntakeError>) -> Result<String, Rule> {
    match taken {
        Ok(submission) => Ok(submission.digest),
        Err(IntakeError::Rejected(rejection)) => {
            assert!(rejection.message().key.starts_with("intake-"));
            Err(rejection.rule)
        }
        Err(other) => panic!("{other:?}"),
    }
}

pub(super) fn take_bytes(bytes: &[u8], limits: &Limits) -> Result<Submission, IntakeError> {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join("submission");
    fs::write(&path, bytes).expect("archive");
    take(&path, "ivanov", &lab(), limits)
}

pub(super) fn judged(bytes: &[u8]) -> Result<String, Rule> {
    rule(take_bytes(bytes, &Limits::default()))
}

pub(super) type Item<'a> = (&'a [u8], EntryType, &'a [u8]);

pub(super) const fn file<'a>(name: &'a [u8], content: &'a [u8]) -> Item<'a> {
    (name, EntryType::Regular, content)
}

pub(super) fn tar_header(name: &[u8], kind: EntryType, size: u64) -> Header {
    let mut header = Header::new_gnu();
    header.as_old_mut().name[..name.len()].copy_from_slice(name);
    header.set_entry_type(kind);
    header.set_size(size);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

/// A tar without its end.
pub(super) fn open_tar(items: &[Item<'_>]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (name, kind, content) in items {
        bytes.extend(tar_header(name, *kind, content.len() as u64).as_bytes());
        bytes.extend(*content);
        bytes.resize(bytes.len().next_multiple_of(512), 0);
    }
    bytes
}

pub(super) fn tar(items: &[Item<'_>]) -> Vec<u8> {
    let mut bytes = open_tar(items);
    bytes.extend([0; 1024]);
    bytes
}

pub(super) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("gzip");
    encoder.finish().expect("gzip")
}

pub(super) fn pax(records: &[(&str, &str)]) -> Vec<u8> {
    let mut bytes = String::new();
    for (key, value) in records {
        let body = key.len() + value.len() + 3;
        let mut length = body + 1;
        while length != body + length.to_string().len() {
            length += 1;
        }
        bytes.push_str(&format!("{length} {key}={value}\n"));
    }
    bytes.into_bytes()
}

pub(super) fn zip_of(items: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in items {
        writer.start_file(*name, options).expect("entry");
        writer.write_all(content).expect("content");
    }
    writer.finish().expect("zip").into_inner()
}

pub(super) fn zip(items: &[(&str, &[u8])]) -> Vec<u8> {
    zip_of(items, CompressionMethod::Deflated)
}

/// Replaces every occurrence: a name or a field, in the local header and in the directory.
pub(super) fn patch(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut found = false;
    for at in 0..=bytes.len() - from.len() {
        if bytes[at..].starts_with(from) {
            bytes[at..at + to.len()].copy_from_slice(to);
            found = true;
        }
    }
    assert!(found);
    bytes
}

pub(super) fn position(bytes: &[u8], signature: &[u8]) -> usize {
    let at = bytes
        .windows(signature.len())
        .position(|part| part == signature);
    at.expect("signature")
}

/// Sets a field of the first local header and of its entry in the directory.
pub(super) fn set(mut bytes: Vec<u8>, local: usize, central: usize, value: &[u8]) -> Vec<u8> {
    let directory = position(&bytes, b"PK\x01\x02") + central;
    bytes[local..local + value.len()].copy_from_slice(value);
    bytes[directory..directory + value.len()].copy_from_slice(value);
    bytes
}

/// Sets the Unix mode of the first entry.
pub(super) fn zip_mode(mut bytes: Vec<u8>, mode: u16) -> Vec<u8> {
    let directory = position(&bytes, b"PK\x01\x02");
    bytes[directory + 5] = 3;
    bytes[directory + 40..directory + 42].copy_from_slice(&mode.to_le_bytes());
    bytes
}
