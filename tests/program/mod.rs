//! The built program, run as a user runs it: each test with a home of its own, so that no journal,
//! configuration or report of another run is in sight.

pub mod pack;
pub mod report;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// The lab that the tests grade with.
pub const LAB: &str = "02-indexes";
/// Nothing that the tests run takes longer, even with both cores busy.
const LIMIT: Duration = Duration::from_secs(100);
/// Between two looks at what is waited for.
const AGAIN: Duration = Duration::from_millis(10);

/// The project's labs, with solutions and mutants.
pub fn labs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("labs")
}

/// A file or folder of the lab.
pub fn of_lab(path: &str) -> PathBuf {
    labs().join(LAB).join(path)
}

/// A home: the working folder, with `state/`, `tmp/` and whatever the test puts there.
pub struct Home {
    folder: TempDir,
}

/// What a program that has ended said.
pub struct Said {
    /// Its exit code; none if a signal killed it.
    pub code: Option<i32>,
    /// Standard output.
    pub out: String,
    /// Standard error.
    pub err: String,
    /// From its start to its end.
    pub took: Duration,
    /// The most memory that it had, in kB.
    pub peak_kb: u64,
    /// The ids of its runs in the engine.
    pub runs: Vec<String>,
}

/// A program that runs.
pub struct Running<'a> {
    /// Its process.
    pub child: Child,
    home: &'a Home,
    began: Instant,
    logs: [PathBuf; 2],
    peak_kb: u64,
    runs: Vec<String>,
}

impl Home {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new()
            .prefix("labgrade-test-")
            .tempdir()
            .expect("a temporary folder");
        fs::create_dir(folder.path().join("tmp")).expect("a folder in it");
        Self { folder }
    }

    /// A path in this home.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file with its folders, and gives its path.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("its folder");
        fs::write(&path, bytes).expect("a file");
        path
    }

    /// The program in English, deaf to the environment of whoever runs the tests.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_labgrade"));
        for name in ["LABS", "STUDENT", "SECRET"] {
            command.env_remove(format!("LABGRADE_{name}"));
        }
        command
            .current_dir(self.folder.path())
            .env("LABGRADE_STATE", self.path("state"))
            .env("LABGRADE_CONFIG", self.path("config.toml"))
            .env("TMPDIR", self.path("tmp"))
            .env("NO_COLOR", "1")
            .env("COLUMNS", "100")
            .args(args);
        if !args.contains(&"--lang") {
            command.args(["--lang", "en"]);
        }
        command
    }

    /// Starts it.
    pub fn start(&self, mut command: Command) -> Running<'_> {
        let logs = ["out", "err"].map(|name| {
            let unique = format!("said/{name}-{:08x}", rand::random::<u32>());
            self.write(&unique, "")
        });
        let open = |path: &Path| File::create(path).expect("a log");
        let child = command
            .stdin(std::process::Stdio::null())
            .stdout(open(&logs[0]))
            .stderr(open(&logs[1]))
            .spawn()
            .expect("the program starts");
        Running {
            home: self,
            child,
            began: Instant::now(),
            logs,
            peak_kb: 0,
            runs: Vec::new(),
        }
    }

    /// Runs it to its end.
    pub fn run(&self, args: &[&str]) -> Said {
        self.start(self.command(args)).end()
    }

    /// Grades with the seed 7 into `report/`.
    pub fn grading(&self, submission: &Path, more: &[&str]) -> Command {
        let submission = submission.to_str().expect("paths of tests are UTF-8");
        let args = [
            "grade", submission, "--lab", LAB, "--seed", "7", "--out", "report",
        ];
        self.command(&[&args, more].concat())
    }

    /// The ids of the runs whose journals are there.
    pub fn journals(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path("state/runs")) else {
            return Vec::new();
        };
        entries
            .filter_map(|entry| {
                let name = entry.ok()?.file_name().into_string().ok()?;
                name.strip_suffix(".jsonl").map(str::to_owned)
            })
            .collect()
    }

    /// What the program left in its temporary folder.
    pub fn temporary(&self) -> Vec<String> {
        fs::read_dir(self.path("tmp"))
            .expect("the folder is there")
            .map(|entry| entry.expect("an entry").file_name().display().to_string())
            .collect()
    }
}

impl Running<'_> {
    /// Waits until the program ends.
    pub fn end(mut self) -> Said {
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("its own child") {
                break status;
            }
            self.look();
            if self.began.elapsed() > LIMIT {
                let _ = self.child.kill();
                let _ = self.child.wait();
                panic!("it did not end; it said: {}", self.said());
            }
            sleep(AGAIN);
        };
        Said {
            code: status.code(),
            out: read(&self.logs[0]),
            err: read(&self.logs[1]),
            took: self.began.elapsed(),
            peak_kb: self.peak_kb,
            runs: std::mem::take(&mut self.runs),
        }
    }

    /// Notes what can be seen only while it lives.
    fn look(&mut self) {
        for run in self.home.journals() {
            if !self.runs.contains(&run) {
                self.runs.push(run);
            }
        }
        let status = read(Path::new(&format!("/proc/{}/status", self.child.id())));
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .and_then(|rest| rest.trim().strip_suffix(" kB")?.parse().ok());
        self.peak_kb = self.peak_kb.max(peak.unwrap_or(0));
    }

    /// All that it has said up to now.
    pub fn said(&self) -> String {
        read(&self.logs[0]) + &read(&self.logs[1])
    }
}

fn read(path: &Path) -> String {
    let bytes = fs::read(path).unwrap_or_default();
    String::from_utf8_lossy(&bytes).into_owned()
}
