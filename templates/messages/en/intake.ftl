# Taking a submission in: what is rejected and why.

intake-no-such-path = There is no such file or folder: { $path }.
intake-no-permission = No permission to read { $path }.
intake-unreadable = { $path } cannot be read: { $detail }.
intake-not-a-file = { $path } is neither a file nor a folder. Name a folder, a .zip, a .tar or a .tar.gz.
intake-copy-failed = The copy of the submission that is graded could not be made.

intake-dropped = { $entry } does not belong to a submission and is not graded.
intake-dropped-more = And { $count ->
    [one] { $count } more name that was left out
   *[other] { $count } more names that were left out
}.
intake-unwrapped = Everything lies in the folder { $folder }, so that folder is graded.

intake-absolute-path = { $entry }: the path starts at the root of a disk. Pack the folder itself, so that paths are relative.
intake-parent-folder = { $entry }: the path contains "..". Pack only what lies inside the project's folder.
intake-backslash = { $entry }: the name contains a backslash. If an old Windows program made the archive, use another one, for instance to make a .tar.gz.
intake-nul = { $entry }: the name contains a zero byte. Rename the file and pack again.
intake-control-character = { $entry }: the name contains control or invisible characters. Rename the file.
intake-bidirectional-character = { $entry }: the name contains characters that change the direction of writing. Rename the file.
intake-not-utf8 = { $entry }: the name is not UTF-8. Use Latin letters, or pack a .tar.gz.
intake-name-too-long = { $entry }: the name is longer than { $limit ->
    [one] { $limit } byte
   *[other] { $limit } bytes
}. Shorten it.
intake-path-too-long = { $entry }: the path is longer than { $limit ->
    [one] { $limit } byte
   *[other] { $limit } bytes
}. Shorten the names of the folders.
intake-too-deep = { $entry }: folders are nested more than { $limit ->
    [one] { $limit } level
   *[other] { $limit } levels
} deep. Take out the ones in between.
intake-same-name = { $entry } and { $other } differ only in case or in how letters are encoded; on some systems they are one file. Rename one of them.
intake-duplicate = { $entry } is there twice. Keep one and pack again.
intake-file-and-folder = { $entry } is both a file and a folder. Rename one of them and pack again.
intake-symbolic-link = { $entry } is a symbolic link. Put the file in its place that it leads to.
intake-hard-link = { $entry } is a hard link. Pack it as a file of its own (with GNU tar: --hard-dereference).
intake-special-file = { $entry } is neither a file nor a folder but a pipe, a socket or a device. Remove it.
intake-sparse-file = { $entry } is a sparse file. Pack it whole (with GNU tar: without --sparse).
intake-too-many-entries = There are more than { $limit ->
    [one] { $limit } file or folder
   *[other] { $limit } files and folders
}. Keep only what you wrote yourself.
intake-file-too-large = { $entry }: the file is larger than { BYTES($limit) }. If it is data or was built, leave it out.
intake-too-large = With { $entry } the submission takes more than { BYTES($limit) }. Leave out data, builds and other people's code.
intake-archive-too-large = The archive is too large: packed or unpacked, it takes more than { BYTES($limit) }. Pack only what you wrote yourself.
intake-encrypted = { $entry } is encrypted. Pack without a password.
intake-compression = { $entry } is compressed in a way that is not supported. Pack an ordinary .zip (Deflate) or a .tar.gz.
intake-size-mismatch = { $entry } has another size than the archive says. Pack again.
intake-overlap = { $entry } and { $other } take the same bytes of the archive. Pack again with an ordinary program.
intake-broken-archive = The archive is damaged or cut off. Pack and upload it again.
intake-broken-entry = The archive is damaged or cut off at { $entry }. Pack and upload it again.
intake-trailing-data = There is more data after the end of the archive. Pack all files into one archive.
intake-unsupported-format = { $format } is not accepted. Hand in a folder, a .zip, a .tar or a .tar.gz.
intake-unknown-format = This is not an archive. Hand in a folder, a .zip, a .tar or a .tar.gz.
intake-unknown-format-expected = This is not an archive. Hand in a folder, a .zip, a .tar or a .tar.gz that holds { $files }.
intake-empty = Nothing was handed in: there are no files.
intake-empty-expected = Nothing was handed in: there are no files. Expected: { $files }.
intake-missing = { $file } is missing. It must lie at exactly this path from the root of the submission.
intake-missing-similar = { $file } is missing. Is it { $similar }? Rename or move it.
intake-missing-several = { $count ->
    [one] { $count } file is missing
   *[other] { $count } files are missing
}: { $files }.
intake-required-too-large = { $entry }: the file is larger than the { BYTES($limit) } that this lab allows.
