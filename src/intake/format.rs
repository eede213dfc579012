//! What kind of file was handed in, by its first bytes: names lie, and students rename.

use std::fs::File;
use std::io::{self, Read, Seek};

use super::from_tar;

/// A kind of file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Format {
    Zip,
    Tar,
    Gzip,
    /// No bytes at all.
    Empty,
    /// An archive of a kind that is not accepted, by the name that people know.
    Other(&'static str),
    Unknown,
}

/// Enough for a header of a tar.
const LOOK: usize = from_tar::BLOCK;

/// Looks at the beginning of a file and goes back to it.
pub(super) fn of(file: &mut File) -> io::Result<Format> {
    let mut start = Vec::with_capacity(LOOK);
    file.by_ref().take(LOOK as u64).read_to_end(&mut start)?;
    file.rewind()?;
    Ok(by_start(&start))
}

fn by_start(start: &[u8]) -> Format {
    match start {
        [] => Format::Empty,
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => Format::Zip,
        [0x1f, 0x8b, ..] => Format::Gzip,
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => Format::Other("RAR"),
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => Format::Other("7z"),
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Format::Other("xz"),
        [b'B', b'Z', b'h', ..] => Format::Other("bzip2"),
        [0x28, 0xb5, 0x2f, 0xfd, ..] => Format::Other("Zstandard"),
        [0x04, 0x22, 0x4d, 0x18, ..] => Format::Other("LZ4"),
        [0x1f, 0x9d | 0xa0, ..] => Format::Other("compress (.Z)"),
        start => match start.try_into() {
            Ok(block) if from_tar::is_header(block) || *block == [0; from_tar::BLOCK] => {
                Format::Tar
            }
            _ => Format::Unknown,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_bytes_decide() {
        let cases: [(&[u8], Format); 9] = [
            (b"", Format::Empty),
            (b"PK\x03\x04", Format::Zip),
            (b"\x1f\x8b\x08", Format::Gzip),
            (b"Rar!\x1a\x07\x01\x00", Format::Other("RAR")),
            (b"7z\xbc\xaf\x27\x1c", Format::Other("7z")),
            (b"\xfd7zXZ\x00", Format::Other("xz")),
            (b"BZh9", Format::Other("bzip2")),
            (b"CREATE INDEX", Format::Unknown),
            (&[0; 512], Format::Tar),
        ];
        for (start, format) in cases {
            assert_eq!(by_start(start), format);
        }
    }
}
