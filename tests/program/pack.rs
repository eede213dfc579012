//! Packs a file as students pack theirs.

use std::io::{Cursor, Write};

/// A zip with one file.
pub fn zip(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file(name, zip::write::SimpleFileOptions::default())
        .expect("a name");
    zip.write_all(bytes).expect("in memory");
    zip.finish().expect("in memory").into_inner()
}

/// A tar with one file.
pub fn tar(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes.len() as u64);
    header.set_mode(0o600);
    header.set_mtime(1_700_000_000);
    tar.append_data(&mut header, name, bytes)
        .expect("in memory");
    tar.into_inner().expect("in memory")
}

/// The same, compressed.
pub fn tar_gz(name: &str, bytes: &[u8]) -> Vec<u8> {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    gz.write_all(&tar(name, bytes)).expect("in memory");
    gz.finish().expect("in memory")
}
