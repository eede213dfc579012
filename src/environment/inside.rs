//! What happens inside a container that runs: programs, files, logs; each bounded in time and bytes.

use std::time::Duration;

use bollard::container::LogOutput;
use bollard::exec::{CreateExecOptions, StartExecResults};
use bollard::query_parameters::{
    DownloadFromContainerOptionsBuilder, LogsOptionsBuilder, StatsOptionsBuilder,
    UploadToContainerOptionsBuilder,
};
use futures_util::{Stream, StreamExt};
use labgrade_checkers::bench::{Command, File, Output};
use labgrade_checkers::message;
use labgrade_checkers::verdict::Broken;
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use super::container::Container;
use super::engine::{ACT, LOOK, call, is_missing};
use super::faults;
use super::run::Run;

/// The file that keeps a held service from beginning; its image waits until it is gone.
pub const HOLD: &str = "/var/lib/labgrade/hold";
/// Bytes kept of a log's end.
pub const LOG_BYTES: usize = 64 << 10;
/// Lines asked for of a log's end.
pub const LOG_LINES: u32 = 400;
/// Bytes kept of what a program writes.
const OUTPUT_BYTES: usize = 64 << 10;
/// The exit code of what SIGKILL has ended.
const KILLED: i64 = 137;
/// How long the engine may take to say that a program has ended, beyond the program's own limit.
const GRACE: Duration = Duration::from_secs(10);
/// A program that has ended may have left others behind that hold its streams open: what is in
/// them comes within this time.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// The end of the container's log.
///
/// # Errors
/// The engine does not say.
pub async fn log(
    run: &Run,
    container: &Container,
    lines: Option<u32>,
    most: usize,
) -> Result<String, Broken> {
    let tail = lines.map_or("all".to_owned(), |lines| lines.to_string());
    let options = LogsOptionsBuilder::new()
        .stdout(true)
        .stderr(true)
        .tail(&tail)
        .build();
    let mut stream = run.engine.docker().logs(&container.id, Some(options));
    call("read log", LOOK, async {
        let mut log = Tail::new(most);
        while let Some(piece) = stream.next().await {
            log.add(&piece?);
        }
        Ok::<_, bollard::errors::Error>(log.text())
    })
    .await
}

/// Lets a held container begin.
///
/// # Errors
/// The engine refuses.
pub async fn release(run: &Run, container: &Container) -> Result<(), Broken> {
    let output = exec(run, container, Command::of(&["rm", "-f", HOLD])).await?;
    if output.succeeded() {
        return Ok(());
    }
    Err(Broken::because(
        message!("broken-not-released", container = &container.name),
        output.text,
    ))
}

/// Sees that a container that does not run is held when it starts.
///
/// # Errors
/// The engine refuses.
pub async fn hold(run: &Run, container: &Container) -> Result<(), Broken> {
    let file = File {
        path: HOLD.to_owned(),
        bytes: Vec::new(),
        mode: 0o644,
    };
    put(run, container, &[file]).await
}

/// Runs a program, as the container's user. One that ends its container has been killed with it.
///
/// # Errors
/// The engine refuses, or the container does not run to begin with. That the program fails is no
/// error.
pub async fn exec(
    run: &Run,
    container: &Container,
    command: Command<'_>,
) -> Result<Output, Broken> {
    let before = faults::state(run, container).await?;
    let done = exec_in_running(run, container, command).await;
    if done.is_err() && before.running == Some(true) {
        let now = faults::state(run, container).await?;
        if now.running != Some(true) {
            return Ok(Output {
                code: Some(KILLED),
                text: String::new(),
            });
        }
    }
    done
}

async fn exec_in_running(
    run: &Run,
    container: &Container,
    command: Command<'_>,
) -> Result<Output, Broken> {
    let docker = run.engine.docker();
    // The engine cannot kill what it runs beside the first process; coreutils' timeout kills the
    // whole group.
    let limit = format!("{}", command.limit.as_secs_f64());
    let mut words = vec!["timeout", "--signal=KILL", &limit];
    words.extend(command.run);
    let env: Vec<String> = command
        .env
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    let options = CreateExecOptions {
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        cmd: Some(words),
        env: Some(env.iter().map(String::as_str).collect()),
        working_dir: command.folder,
        ..CreateExecOptions::default()
    };
    let began = Instant::now();
    let made = call(
        "create exec",
        ACT,
        docker.create_exec(&container.id, options),
    )
    .await?;
    let started = call("start exec", ACT, docker.start_exec(&made.id, None)).await?;
    let StartExecResults::Attached { mut output, .. } = started else {
        return Err(message!("broken-engine-refused", call = "start exec").into());
    };
    let deadline = began + command.limit + GRACE;
    let mut tail = Tail::new(OUTPUT_BYTES);
    loop {
        match timeout(Duration::from_millis(100), output.next()).await {
            Ok(Some(Ok(piece))) => tail.add(&piece),
            Ok(Some(Err(_)) | None) => break,
            Err(_) if is_running(run, &made.id).await? && Instant::now() < deadline => {}
            Err(_) => {
                drain(&mut output, &mut tail).await;
                break;
            }
        }
    }
    // The streams end a moment before the engine knows of the program's.
    while is_running(run, &made.id).await? {
        if Instant::now() > deadline {
            return Ok(Output {
                code: None,
                text: tail.text(),
            });
        }
        sleep(Duration::from_millis(10)).await;
    }
    let ended = call("inspect exec", LOOK, docker.inspect_exec(&made.id)).await?;
    let killed = ended.exit_code == Some(KILLED) && began.elapsed() >= command.limit;
    Ok(Output {
        code: ended.exit_code.filter(|_| !killed),
        text: tail.text(),
    })
}

async fn is_running(run: &Run, exec: &str) -> Result<bool, Broken> {
    let state = call("inspect exec", LOOK, run.engine.docker().inspect_exec(exec)).await?;
    Ok(state.running == Some(true))
}

async fn drain(
    output: &mut (impl Stream<Item = Result<LogOutput, bollard::errors::Error>> + Unpin),
    tail: &mut Tail,
) {
    let deadline = Instant::now() + LAST_WORDS;
    while let Ok(Some(Ok(piece))) = timeout_at(deadline, output.next()).await {
        tail.add(&piece);
    }
}

/// Puts files into the container; folders that are missing are made.
///
/// # Errors
/// The engine refuses.
pub async fn put(run: &Run, container: &Container, files: &[File]) -> Result<(), Broken> {
    let archive = packed(files).map_err(|error| Broken::because(message!("broken-temp"), error))?;
    let options = UploadToContainerOptionsBuilder::new().path("/").build();
    let body = bollard::body_full(archive.into());
    let docker = run.engine.docker();
    call(
        "put files",
        ACT,
        docker.upload_to_container(&container.id, Some(options), body),
    )
    .await
}

fn packed(files: &[File]) -> std::io::Result<Vec<u8>> {
    let mut tar = tar::Builder::new(Vec::new());
    for file in files {
        let mut header = tar::Header::new_gnu();
        header.set_size(file.bytes.len() as u64);
        header.set_mode(file.mode);
        header.set_mtime(0);
        let path = file.path.trim_start_matches('/');
        tar.append_data(&mut header, path, file.bytes.as_slice())?;
    }
    tar.into_inner()
}

/// Puts a project into a container that waits for one: its root cannot be written, and the engine
/// reaches no folder in memory, so the image unpacks what comes on a program's input.
///
/// # Errors
/// The engine refuses, or the container does not take it.
pub async fn unpack(run: &Run, container: &Container, files: &[File]) -> Result<(), Broken> {
    let archive = packed(files).map_err(|error| Broken::because(message!("broken-temp"), error))?;
    let docker = run.engine.docker();
    let options = CreateExecOptions {
        attach_stdin: Some(true),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        cmd: Some(vec!["labgrade-unpack"]),
        ..CreateExecOptions::default()
    };
    let made = call(
        "create exec",
        ACT,
        docker.create_exec(&container.id, options),
    );
    let made = made.await?;
    let started = call("start exec", ACT, docker.start_exec(&made.id, None)).await?;
    let StartExecResults::Attached { output, mut input } = started else {
        return Err(message!("broken-engine-refused", call = "start exec").into());
    };
    // Both at once: a program that complains at length must not wait for its reader.
    let writing = async {
        input.write_all(&archive).await?;
        input.shutdown().await
    };
    let mut output = std::pin::pin!(output);
    let reading = async {
        let mut tail = Tail::new(OUTPUT_BYTES);
        while let Some(Ok(piece)) = output.next().await {
            tail.add(&piece);
        }
        Ok(tail.text())
    };
    let (_, text) = call(
        "put a project",
        ACT,
        futures_util::future::try_join(writing, reading),
    )
    .await?;
    let deadline = Instant::now() + ACT;
    while is_running(run, &made.id).await? && Instant::now() < deadline {
        sleep(Duration::from_millis(10)).await;
    }
    let ended = call("inspect exec", LOOK, docker.inspect_exec(&made.id)).await?;
    if ended.exit_code == Some(0) {
        return Ok(());
    }
    Err(Broken::because(
        message!("broken-not-released", container = &container.name),
        text,
    ))
}

/// Bytes that the container's processes hold: what is anonymous, files and caches not included.
///
/// # Errors
/// The engine does not say.
pub async fn memory(run: &Run, container: &Container) -> Result<u64, Broken> {
    let options = StatsOptionsBuilder::new()
        .stream(false)
        .one_shot(true)
        .build();
    let mut stats = run.engine.docker().stats(&container.id, Some(options));
    let unknown = || Broken::from(message!("broken-engine-refused", call = "stats"));
    let stats = call("stats", LOOK, async { stats.next().await.transpose() })
        .await?
        .ok_or_else(unknown)?;
    let counts = stats.memory_stats.and_then(|memory| memory.stats);
    let counts = counts.ok_or_else(unknown)?;
    // The first cgroups call it `rss`, the second `anon`.
    let held = counts.get("anon").or_else(|| counts.get("total_rss"));
    held.copied().ok_or_else(unknown)
}

/// Reads a file, or the regular files of a folder; nothing if there is no such path.
///
/// # Errors
/// The engine refuses, or what it sends is no archive.
pub async fn get(
    run: &Run,
    container: &Container,
    path: &str,
    most: usize,
) -> Result<Vec<(String, Vec<u8>)>, Broken> {
    let options = DownloadFromContainerOptionsBuilder::new()
        .path(path)
        .build();
    let mut stream = run
        .engine
        .docker()
        .download_from_container(&container.id, Some(options));
    // Room for the archive's own blocks; whatever comes after is not read.
    let bound = most + (1 << 20);
    let archive = call("get files", ACT, async {
        let mut archive = Vec::new();
        while let Some(piece) = stream.next().await {
            match piece {
                Ok(piece) => archive.extend_from_slice(&piece),
                Err(error) if is_missing(&error) => return Ok(None),
                Err(error) => return Err(error),
            }
            if archive.len() > bound {
                archive.truncate(bound);
                break;
            }
        }
        Ok(Some(archive))
    })
    .await?;
    Ok(archive.map_or_else(Vec::new, |archive| unpacked(&archive, most)))
}

/// The regular files of an archive, as far as it goes and `most` bytes last.
fn unpacked(archive: &[u8], most: usize) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let mut left = most;
    let mut tar = tar::Archive::new(archive);
    let Ok(entries) = tar.entries() else {
        return files;
    };
    for entry in entries {
        let Ok(entry) = entry else { break };
        if !entry.header().entry_type().is_file() || left == 0 {
            continue;
        }
        let name = entry.path().map(|path| path.display().to_string());
        let mut bytes = Vec::new();
        // A cut archive ends in the middle of a file: what there is of it is kept.
        let _ =
            std::io::Read::read_to_end(&mut std::io::Read::take(entry, left as u64), &mut bytes);
        left -= bytes.len();
        files.push((name.unwrap_or_default(), bytes));
    }
    files
}

/// The end of a text that may be endless.
struct Tail {
    bytes: Vec<u8>,
    most: usize,
}

impl Tail {
    fn new(most: usize) -> Self {
        Self {
            bytes: Vec::new(),
            most,
        }
    }

    fn add(&mut self, piece: &LogOutput) {
        if let LogOutput::StdOut { message }
        | LogOutput::StdErr { message }
        | LogOutput::Console { message } = piece
        {
            self.bytes.extend_from_slice(message);
        }
        // Moved seldom, so that a flood costs one copy and not one a piece.
        if self.bytes.len() > 2 * self.most {
            self.bytes.drain(..self.bytes.len() - self.most);
        }
    }

    fn text(self) -> String {
        let from = self.bytes.len().saturating_sub(self.most);
        String::from_utf8_lossy(&self.bytes[from..]).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_comes_out_again_up_to_a_bound() {
        let file = |path: &str, size| File {
            path: path.to_owned(),
            bytes: vec![b'x'; size],
            mode: 0o644,
        };
        let archive = packed(&[file("/a/b", 10), file("/c", 1_000)]).expect("an archive");
        let sizes = |archive: &[u8], most| -> Vec<(String, usize)> {
            let files = unpacked(archive, most);
            files
                .into_iter()
                .map(|(name, bytes)| (name, bytes.len()))
                .collect()
        };
        let both = [("a/b".to_owned(), 10), ("c".to_owned(), 1_000)];
        assert_eq!(sizes(&archive, 5_000), both);
        assert_eq!(sizes(&archive, 100)[1].1, 90);
        assert_eq!(sizes(&archive[..1_800], 5_000)[1].1, 1_800 - 1_536);
        assert_eq!(sizes(b"no archive", 100), []);
    }

    #[test]
    fn a_tail_keeps_the_end() {
        let mut tail = Tail::new(4);
        for byte in b"0123456789" {
            tail.add(&LogOutput::StdOut {
                message: vec![*byte].into(),
            });
        }
        assert_eq!(tail.text(), "6789");
    }
}
