//! Hostile archives, each with its rule, and a small fuzz.

use std::fs;

use tar::EntryType;
use zip::CompressionMethod;

use super::archives::{
    ASKED, Item, TEXT, file, gzip, judged, lab, open_tar, patch, pax, position, rule, set,
    take_bytes, tar, tar_header, zip, zip_mode, zip_of,
};
use super::{IntakeError, Limits, Rule, take};

#[test]
fn hostile_tars_are_refused() {
    use EntryType as E;
    let asked = file(ASKED.as_bytes(), TEXT);
    let big = vec![b'x'; (1 << 20) + 1];
    let mebibyte = vec![b'x'; 1 << 20];
    let many: Vec<String> = (0..2_001).map(|n| format!("f{n}")).collect();
    let many: Vec<Item<'_>> = many.iter().map(|name| file(name.as_bytes(), b"")).collect();
    let heavy: Vec<String> = (0..21).map(|n| format!("f{n}")).collect();
    let heavy: Vec<_> = heavy
        .iter()
        .map(|name| file(name.as_bytes(), &mebibyte))
        .collect();
    let deep = ["d"; 21].join("/");
    let long = "n".repeat(201);
    let huge_name = "n/".repeat(40_000);
    let honest = {
        let mut bytes = tar_header(ASKED.as_bytes(), E::Regular, 1 << 60)
            .as_bytes()
            .to_vec();
        bytes.extend([0; 1024]);
        bytes
    };
    let cut = tar(&[asked]);
    let cases: Vec<(&str, Vec<u8>, Rule)> = vec![
        (
            "absolute",
            tar(&[file(b"/etc/cron.d/x", b"")]),
            Rule::AbsolutePath,
        ),
        (
            "parent",
            tar(&[file(b"a/../../x", b"")]),
            Rule::ParentFolder,
        ),
        ("backslash", tar(&[file(b"..\\x", b"")]), Rule::Backslash),
        (
            "escape",
            tar(&[file(b"a\x1b[2Jb", b"")]),
            Rule::ControlCharacter,
        ),
        (
            "bidi",
            tar(&[file("a\u{202e}lqs".as_bytes(), b"")]),
            Rule::BidirectionalCharacter,
        ),
        ("not utf-8", tar(&[file(b"\xff\xfe", b"")]), Rule::NotUtf8),
        ("deep", tar(&[file(deep.as_bytes(), b"")]), Rule::TooDeep),
        (
            "case",
            tar(&[asked, file(b"INDEXES.sql", b"")]),
            Rule::SameName,
        ),
        (
            "folder's case",
            tar(&[file(b"A/x", b""), file(b"a/y", b"")]),
            Rule::SameName,
        ),
        (
            "normalisation",
            tar(&[file("й".as_bytes(), b""), file("и\u{306}".as_bytes(), b"")]),
            Rule::SameName,
        ),
        ("twice", tar(&[asked, asked]), Rule::Duplicate),
        (
            "file, then folder",
            tar(&[file(b"a", b""), file(b"a/b", b"")]),
            Rule::FileAndFolder,
        ),
        (
            "folder, then file",
            tar(&[file(b"a/b", b""), file(b"a", b"")]),
            Rule::FileAndFolder,
        ),
        (
            "link",
            tar(&[asked, (b"l", E::Symlink, b"")]),
            Rule::SymbolicLink,
        ),
        (
            "hard link",
            tar(&[asked, (b"l", E::Link, b"")]),
            Rule::HardLink,
        ),
        (
            "fifo",
            tar(&[asked, (b"p", E::Fifo, b"")]),
            Rule::SpecialFile,
        ),
        (
            "device",
            tar(&[asked, (b"d", E::Block, b"")]),
            Rule::SpecialFile,
        ),
        (
            "sparse",
            tar(&[(b"s", E::GNUSparse, b"x")]),
            Rule::SparseFile,
        ),
        (
            "sparse of PAX",
            tar(&[
                (b"x", E::XHeader, &pax(&[("GNU.sparse.major", "1")])),
                asked,
            ]),
            Rule::SparseFile,
        ),
        (
            "nul in PAX",
            tar(&[(b"x", E::XHeader, &pax(&[("path", "a\0b")])), asked]),
            Rule::Nul,
        ),
        (
            "parent in PAX",
            tar(&[(b"x", E::XHeader, &pax(&[("path", "../x")])), asked]),
            Rule::ParentFolder,
        ),
        (
            "size in PAX",
            tar(&[(b"x", E::XHeader, &pax(&[("size", "5")])), asked]),
            Rule::SizeMismatch,
        ),
        (
            "name for all",
            tar(&[(b"g", E::XGlobalHeader, &pax(&[("path", "x")])), asked]),
            Rule::BrokenArchive,
        ),
        (
            "not PAX",
            tar(&[(b"x", E::XHeader, b"99 a=b\n"), asked]),
            Rule::BrokenArchive,
        ),
        (
            "long",
            tar(&[(b"L", E::GNULongName, long.as_bytes()), asked]),
            Rule::NameTooLong,
        ),
        (
            "name of 80 kB",
            tar(&[(b"L", E::GNULongName, huge_name.as_bytes()), asked]),
            Rule::BrokenArchive,
        ),
        (
            "folder with content",
            tar(&[(b"a", E::Directory, b"x")]),
            Rule::SizeMismatch,
        ),
        ("2,001 files", tar(&many), Rule::TooManyEntries),
        (
            "1 MiB and a byte",
            tar(&[file(b"big", &big)]),
            Rule::FileTooLarge,
        ),
        ("an exbibyte", honest, Rule::FileTooLarge),
        (
            "more than the lab says",
            tar(&[file(ASKED.as_bytes(), &mebibyte)]),
            Rule::RequiredFileTooLarge,
        ),
        ("21 MiB", tar(&heavy), Rule::TooLarge),
        ("cut in a file", cut[..530].to_vec(), Rule::BrokenArchive),
        ("without an end", open_tar(&[asked]), Rule::BrokenArchive),
        (
            "two after another",
            [tar(&[asked]), tar(&[asked])].concat(),
            Rule::TrailingData,
        ),
        ("empty", tar(&[]), Rule::Empty),
        (
            "nothing but folders",
            tar(&[(b"a", E::Directory, b"")]),
            Rule::Empty,
        ),
        (
            "nothing but .git",
            tar(&[file(b".git/x", b"")]),
            Rule::Empty,
        ),
        (
            "another file",
            tar(&[file(b"main.sql", b"")]),
            Rule::MissingFile,
        ),
    ];
    for (what, bytes, expected) in cases {
        assert_eq!(judged(&bytes), Err(expected), "{what}");
        if bytes.len() < 512 << 10 {
            assert_eq!(judged(&gzip(&bytes)), Err(expected), "{what}, gzip");
        }
    }
}

#[test]
fn hostile_zips_are_refused() {
    let one = zip(&[(ASKED, TEXT)]);
    let many: Vec<String> = (0..2_001).map(|n| format!("f{n}")).collect();
    let many: Vec<_> = many
        .iter()
        .map(|name| (name.as_str(), b"".as_slice()))
        .collect();
    let bomb = vec![0; 4 << 20];
    // The bomb says that it has a hundred bytes.
    let liar = set(zip(&[("bomb", &bomb)]), 22, 24, &100u32.to_le_bytes());
    let stored = zip_of(&[(ASKED, TEXT), ("b", TEXT)], CompressionMethod::Stored);
    // The second entry begins in the first one's data, and its header stands there, too.
    let overlapping = {
        let inner = zip_of(&[("b", b"")], CompressionMethod::Stored);
        let header = inner[..position(&inner, b"PK\x01\x02")].to_vec();
        let bytes = zip_of(&[(ASKED, &header), ("b", b"")], CompressionMethod::Stored);
        let into = position(&bytes[4..], b"PK\x03\x04") + 4;
        let second = bytes.len() - 22 - 46 - 1;
        let mut bytes = bytes;
        bytes[second + 42..second + 46].copy_from_slice(&(into as u32).to_le_bytes());
        bytes
    };
    let inconsistent = {
        let mut bytes = one.clone();
        bytes[30..33].copy_from_slice(b"xxx");
        bytes
    };
    let flipped = {
        let mut bytes = zip_of(&[(ASKED, TEXT)], CompressionMethod::Stored);
        bytes[30 + ASKED.len() + 3] ^= 1;
        bytes
    };
    let cases: Vec<(&str, Vec<u8>, Rule)> = vec![
        (
            "parent",
            patch(zip(&[("xx/evil", b"")]), b"xx/evil", b"../evil"),
            Rule::ParentFolder,
        ),
        (
            "absolute",
            patch(zip(&[("xetc", b"")]), b"xetc", b"/etc"),
            Rule::AbsolutePath,
        ),
        (
            "backslash",
            patch(zip(&[("a_b", b"")]), b"a_b", b"a\\b"),
            Rule::Backslash,
        ),
        (
            "nul",
            patch(zip(&[("a_b", b"")]), b"a_b", b"a\0b"),
            Rule::Nul,
        ),
        (
            "not utf-8",
            patch(zip(&[("abcd", b"")]), b"abcd", b"\xee\xf2\xe2\xe5"),
            Rule::NotUtf8,
        ),
        (
            "twice",
            patch(
                zip(&[(ASKED, TEXT), ("indexes.xyz", b"")]),
                b".xyz",
                b".sql",
            ),
            Rule::Duplicate,
        ),
        (
            "case",
            zip(&[(ASKED, TEXT), ("Indexes.sql", b"")]),
            Rule::SameName,
        ),
        (
            "file and folder",
            zip(&[("a", b""), ("a/b", b"")]),
            Rule::FileAndFolder,
        ),
        ("link", zip_mode(one.clone(), 0o120_777), Rule::SymbolicLink),
        ("fifo", zip_mode(one.clone(), 0o010_644), Rule::SpecialFile),
        (
            "device",
            zip_mode(one.clone(), 0o060_644),
            Rule::SpecialFile,
        ),
        ("encrypted", set(one.clone(), 6, 8, &[1]), Rule::Encrypted),
        ("lzma", set(one.clone(), 8, 10, &[14]), Rule::Compression),
        ("2,001 files", zip(&many), Rule::TooManyEntries),
        ("bomb", zip(&[("bomb", &bomb)]), Rule::FileTooLarge),
        ("bomb that lies", liar, Rule::BrokenArchive),
        (
            "larger than declared",
            set(stored, 22, 24, &10u32.to_le_bytes()),
            Rule::BrokenArchive,
        ),
        ("overlap", overlapping, Rule::Overlap),
        ("two names", inconsistent, Rule::BrokenArchive),
        ("wrong checksum", flipped, Rule::BrokenArchive),
        ("cut", one[..one.len() - 30].to_vec(), Rule::BrokenArchive),
        ("only a beginning", one[..20].to_vec(), Rule::BrokenArchive),
        ("empty", zip(&[]), Rule::Empty),
        ("another file", zip(&[("main.sql", b"")]), Rule::MissingFile),
    ];
    for (what, bytes, expected) in cases {
        assert_eq!(judged(&bytes), Err(expected), "{what}");
    }
}

#[test]
fn what_is_no_archive_is_refused() {
    let tgz = gzip(&tar(&[file(ASKED.as_bytes(), TEXT)]));
    let cases: Vec<(&[u8], Rule)> = vec![
        (b"", Rule::Empty),
        (b"Rar!\x1a\x07\x00", Rule::UnsupportedFormat),
        (b"CREATE INDEX", Rule::UnknownFormat),
        (&tgz[..tgz.len() - 4], Rule::BrokenArchive),
        (b"\x1f\x8b\x08\x00", Rule::BrokenArchive),
    ];
    for (bytes, expected) in cases {
        assert_eq!(judged(bytes), Err(expected));
    }
    assert_eq!(judged(&gzip(TEXT)), Err(Rule::BrokenArchive));
}

#[test]
fn what_is_unpacked_is_bounded_where_it_is_dropped_too() {
    let limits = Limits {
        archive_bytes: 1 << 20,
        ..Limits::default()
    };
    let zeros = vec![0; 2 << 20];
    let dropped = gzip(&tar(&[
        file(b".git/pack", &zeros),
        file(ASKED.as_bytes(), TEXT),
    ]));
    let padded = gzip(&[tar(&[file(ASKED.as_bytes(), TEXT)]), zeros].concat());
    for bytes in [dropped, padded] {
        assert_eq!(
            rule(take_bytes(&bytes, &limits)),
            Err(Rule::ArchiveTooLarge)
        );
    }
}

#[test]
fn a_lone_file_is_taken_where_it_is_asked_for() {
    let folder = tempfile::tempdir().expect("folder");
    let path = folder.path().join(ASKED);
    fs::write(&path, TEXT).expect("file");
    let alone = rule(take(&path, "ivanov", &lab(), &Limits::default()));
    assert_eq!(alone, judged(&zip(&[(ASKED, TEXT)])));
    let missing = take(
        &folder.path().join("none"),
        "ivanov",
        &lab(),
        &Limits::default(),
    );
    assert!(matches!(missing, Err(IntakeError::Usage(_))));
}

#[test]
fn entries_are_counted_where_they_are_dropped_too() {
    let limits = Limits {
        visited: 100,
        ..Limits::default()
    };
    let names: Vec<String> = (0..=100).map(|n| format!(".git/{n}")).collect();
    let in_tar: Vec<Item<'_>> = names
        .iter()
        .map(|name| file(name.as_bytes(), b""))
        .collect();
    let in_zip: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    // A directory of few entries with long names is as much to hold as one of many.
    let long = "n".repeat(60_000);
    for bytes in [tar(&in_tar), zip(&in_zip), zip(&[(&long, b"")])] {
        let taken = rule(take_bytes(&bytes, &limits));
        assert_eq!(taken, Err(Rule::TooManyEntries));
    }
}

#[test]
fn damaged_archives_never_panic_nor_exceed_the_limits() {
    let limits = Limits {
        entries: 20,
        total_bytes: 4 << 10,
        ..Limits::default()
    };
    let items: Vec<(&str, &[u8])> = vec![(ASKED, TEXT), ("app/main.py", TEXT), ("b/", b"")];
    let entries: Vec<Item<'_>> = items[..2]
        .iter()
        .map(|(n, text)| file(n.as_bytes(), text))
        .collect();
    let sources = [zip(&items[..2]), tar(&entries), gzip(&tar(&entries))];
    // Xorshift: the same damage on every machine.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut draw = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % below as u64).expect("small")
    };
    for round in 0..600 {
        let mut bytes = sources[round % sources.len()].clone();
        for _ in 0..=draw(4) {
            let at = draw(bytes.len());
            match draw(5) {
                0 => bytes[at] ^= 1 << draw(8),
                1 => bytes[at] = 0xff,
                2 => bytes.truncate(at + 1),
                3 => {
                    let piece = bytes[at..bytes.len().min(at + 64)].to_vec();
                    bytes.splice(at..at, piece);
                }
                _ => {
                    let end = bytes.len().min(at + 1 + draw(16));
                    bytes[at..end].fill(0);
                }
            }
        }
        match take_bytes(&bytes, &limits) {
            Ok(taken) => {
                let total: u64 = taken.files.iter().map(|file| file.bytes).sum();
                assert!(total <= limits.total_bytes && taken.files.len() <= 20);
            }
            Err(IntakeError::Rejected(_)) => {}
            Err(other) => panic!("round {round}: {other:?}"),
        }
    }
}
