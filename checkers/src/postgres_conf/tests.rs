use proptest::prelude::*;

use super::*;

/// A text and what is read of it: names, values and lines.
type Row = (&'static str, &'static [(&'static str, &'static str, u32)]);

fn read(text: &str) -> Vec<(String, String, u32)> {
    let conf = Conf::read(text.as_bytes());
    assert_eq!(conf.mistakes, [], "{text:?}");
    let settings = conf.settings.into_iter();
    settings
        .map(|setting| (setting.name, setting.value, setting.line))
        .collect()
}

#[test]
fn what_postgresql_reads() {
    let rows: &[Row] = &[
        ("", &[]),
        ("# only a comment", &[]),
        ("fsync = on\n", &[("fsync", "on", 1)]),
        ("\n\nfsync on", &[("fsync", "on", 3)]),
        (
            "fsync=on # why\r\nwork_mem=6MB\r\n",
            &[("fsync", "on", 1), ("work_mem", "6MB", 2)],
        ),
        ("work_mem '6 MB'", &[("work_mem", "6 MB", 1)]),
        ("\tWork_Mem\t=\t6144kB  \n", &[("Work_Mem", "6144kB", 1)]),
        ("a = 'it''s'", &[("a", "it's", 1)]),
        (r"a = 'it\'s\n\101\\'", &[("a", "it's\nA\\", 1)]),
        ("a = -1", &[("a", "-1", 1)]),
        ("a = 0x1F", &[("a", "0x1F", 1)]),
        ("a = 0.9", &[("a", "0.9", 1)]),
        ("a = .5", &[("a", ".5", 1)]),
        ("a = 1.5e-3", &[("a", "1.5e-3", 1)]),
        ("a = pg_stat_statements", &[("a", "pg_stat_statements", 1)]),
        ("a = en-US/x:y", &[("a", "en-US/x:y", 1)]),
        (
            "pg_stat_statements.max = 10000",
            &[("pg_stat_statements.max", "10000", 1)],
        ),
        ("a = ''", &[("a", "", 1)]),
        ("имя = 1", &[("имя", "1", 1)]),
        ("a = 'a#b' # c", &[("a", "a#b", 1)]),
    ];
    for (text, wanted) in rows {
        let wanted: Vec<_> = wanted
            .iter()
            .map(|(name, value, line)| ((*name).to_owned(), (*value).to_owned(), *line))
            .collect();
        assert_eq!(read(text), wanted, "{text:?}");
    }
}

#[test]
fn what_postgresql_does_not_read() {
    let rows: &[(&[u8], u32, &str)] = &[
        (b"work_mem = 6 MB", 1, "MB"),
        (b"work_mem = 1.5GB", 1, "GB"),
        (b"fsync\n", 1, ""),
        (b"fsync =", 1, ""),
        (b"a = 1\nALTER SYSTEM SET fsync = off;\n", 2, "SET"),
        (b"a = 1; b = 2", 1, ";"),
        (b"SET work_mem = '6MB';", 1, "="),
        (b"a = 'open\nb = 1", 1, "'"),
        (b"a = pg_catalog.simple", 1, "pg_catalog.simple"),
        (b"a.b.c = 1", 1, "a.b.c"),
        (b"[section]", 1, "["),
        (b"a: 1", 1, "a:"),
        (b"-- comment", 1, "-"),
        (b"a = b = c", 1, "="),
        (b"a = 25%", 1, "%"),
        (b"1a = 2", 1, "1a"),
    ];
    for (text, line, near) in rows {
        let conf = Conf::read(text);
        let shown = String::from_utf8_lossy(text);
        assert_eq!(conf.mistakes.len(), 1, "{shown}: {:?}", conf.mistakes);
        assert_eq!(conf.mistakes[0].line, *line, "{shown}");
        assert_eq!(
            conf.mistakes[0].what,
            Wrong::Syntax((*near).to_owned()),
            "{shown}"
        );
    }
}

#[test]
fn what_no_editor_should_save() {
    let what = |bytes: &[u8]| Conf::read(bytes).mistakes.first().map(|it| it.what.clone());
    assert_eq!(what(b"\xef\xbb\xbffsync = on"), Some(Wrong::ByteOrderMark));
    assert_eq!(what(b"f\0s\0"), Some(Wrong::ZeroByte));
    assert_eq!(what(b"a = '\xd0'"), Some(Wrong::NotUtf8));
    assert_eq!(what(b"# \xcf\xe0\xec\xff\xf2\xfc\na = 1"), None);
}

#[test]
fn after_a_mistake_the_next_line_is_read() {
    let conf = Conf::read(b"a = = 1\nb = 2\n'x'\nc = 3");
    let names: Vec<&str> = conf.settings.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["b", "c"]);
    let lines: Vec<u32> = conf.mistakes.iter().map(|it| it.line).collect();
    assert_eq!(lines, [1, 3]);
}

#[test]
fn the_last_of_a_name_counts_whatever_its_case() {
    let conf = Conf::read(b"fsync = off\nFSYNC = on\nsort_mem = 1MB\nwork_mem = 6MB\n");
    assert_eq!(conf.setter("fsync").map(|it| it.line), Some(2));
    assert_eq!(conf.setter("work_mem").map(|it| it.line), Some(4));
    assert_eq!(conf.effective().len(), 2);
}

proptest! {
    #[test]
    fn any_bytes_are_read_in_the_end(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let conf = Conf::read(&bytes);
        prop_assert!(conf.mistakes.len() <= MOST_MISTAKES + 1);
    }

    #[test]
    fn what_the_server_is_given_reads_the_same(
        lines in proptest::collection::vec("[a-z_]{1,8}( = |=| )('([^'\\\\\n\0]|''|\\\\[a-z0-9'])*'|-?[0-9]{1,5}[a-zA-Z]{0,2}|[a-z/:.-]{1,6}|)( #.*)?\r?", 0..12)
    ) {
        let text = lines.join("\n");
        let first = Conf::read(text.as_bytes());
        let again = Conf::read(first.canonical().as_bytes());
        prop_assert!(again.mistakes.is_empty(), "{:?}", again.mistakes);
        let plain = |conf: &Conf| -> Vec<(String, String, u32)> {
            let settings = conf.settings.iter();
            settings.map(|it| (known::written(&it.name), it.value.clone(), it.line)).collect()
        };
        prop_assert_eq!(plain(&again), plain(&first));
    }
}
