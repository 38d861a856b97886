//! The real program, started on a free port, with its log collected; killed when dropped.

use reqwest::blocking::{Client, RequestBuilder, Response};
use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// How long a start may take on a busy machine with a debug build.
const START: Duration = Duration::from_secs(60);

/// A running server.
pub(crate) struct Server {
    child: Child,
    base: String,
    log: Arc<Mutex<String>>,
    client: Client,
}

impl Server {
    /// The built-in data.
    pub(crate) fn start() -> Self {
        Self::with(["serve"])
    }

    /// Any command line that serves; the address is ours to choose.
    pub(crate) fn with<S: AsRef<OsStr>>(arguments: impl IntoIterator<Item = S>) -> Self {
        Self::with_environment(arguments, [])
    }

    /// Any command line that serves, with variables set.
    pub(crate) fn with_environment<S: AsRef<OsStr>>(
        arguments: impl IntoIterator<Item = S>,
        environment: impl IntoIterator<Item = (&'static str, &'static str)>,
    ) -> Self {
        Self::spawn(program().args(arguments).envs(environment))
    }

    /// Any command line that serves, started in a folder, so that files can be named as people name them.
    pub(crate) fn within<S: AsRef<OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = S>) -> Self {
        Self::spawn(program().args(arguments).current_dir(folder))
    }

    /// Any command that serves.
    pub(crate) fn spawn(command: &mut Command) -> Self {
        let mut child = command
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let log = collect(child.stderr.take().expect("standard error is piped"));
        let first = first_line(child.stdout.take().expect("standard output is piped"));
        let base = first.as_deref().and_then(|line| line.strip_prefix("listening on ")?.strip_suffix('/'));
        let Some(base) = base.map(str::to_owned) else {
            // Dead or mute: its log says why.
            let _ = child.kill();
            let _ = child.wait();
            panic!("no 'listening on http://ADDR:PORT/' but {first:?}; log:\n{}", log.lock().unwrap());
        };
        let client = Client::builder().no_proxy().timeout(START).redirect(reqwest::redirect::Policy::none()).build();
        Self { child, base, log, client: client.expect("a client") }
    }

    /// Absolute address of a path that starts with a slash.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// A `GET` to be completed; it asks for no compression unless told to.
    pub(crate) fn request(&self, path: &str) -> RequestBuilder {
        self.client.get(self.url(path))
    }

    /// A request with another method.
    pub(crate) fn method(&self, method: reqwest::Method, path: &str) -> RequestBuilder {
        self.client.request(method, self.url(path))
    }

    /// `GET`, whatever the answer.
    pub(crate) fn get(&self, path: &str) -> Response {
        self.request(path).send().unwrap_or_else(|error| panic!("GET {path}: {error}\n{}", self.log()))
    }

    /// The body of a `GET` that must be 200.
    pub(crate) fn bytes(&self, path: &str) -> Vec<u8> {
        let response = self.get(path);
        assert_eq!(response.status(), 200, "GET {path}: {}", response.text().unwrap_or_default());
        response.bytes().unwrap().to_vec()
    }

    /// The JSON of a `GET` that must be 200.
    pub(crate) fn json(&self, path: &str) -> serde_json::Value {
        serde_json::from_slice(&self.bytes(path)).unwrap_or_else(|error| panic!("GET {path}: {error}"))
    }

    /// What a Prometheus server would read, of a program started with `--admin-listen 127.0.0.1:0`.
    pub(crate) fn metrics(&self) -> String {
        self.client.get(self.admin_url("/metrics")).send().unwrap().text().unwrap()
    }

    /// Absolute address of a path of the second listener, of a program started with `--admin-listen 127.0.0.1:0`.
    pub(crate) fn admin_url(&self, path: &str) -> String {
        self.wait_for_log("metrics listen here");
        let log = self.log();
        let line = log.lines().find(|line| line.contains("metrics listen here")).unwrap();
        let port: String = line.split("127.0.0.1:").nth(1).unwrap().chars().take_while(char::is_ascii_digit).collect();
        format!("http://127.0.0.1:{port}{path}")
    }

    /// A request to an absolute address.
    pub(crate) fn ask(&self, method: reqwest::Method, url: &str) -> RequestBuilder {
        self.client.request(method, url)
    }

    /// What was logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// Waits until the log says something: what it says comes another way than answers do, and may come after them.
    pub(crate) fn wait_for_log(&self, text: &str) {
        let deadline = Instant::now() + START;
        while !self.log().contains(text) {
            assert!(Instant::now() < deadline, "the log never said '{text}':\n{}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Memory of the program that is in use, in KiB.
    pub(crate) fn resident_kib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches("kB").trim().parse().unwrap()
    }

    /// Fails if anything went wrong on the server's side, even if no client noticed.
    pub(crate) fn assert_log_clean(&self) {
        let log = self.log();
        let bad: Vec<&str> =
            log.lines().filter(|line| ["WARN", "ERROR", "panicked"].iter().any(|mark| line.contains(mark))).collect();
        assert!(bad.is_empty(), "the log is not clean:\n{}", bad.join("\n"));
    }

    /// Sends SIGTERM and waits for the end; true if it ended by itself with exit code 0.
    pub(crate) fn stop(mut self) -> bool {
        let asked = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        assert!(asked.is_ok_and(|status| status.success()), "SIGTERM could not be sent");
        self.child.wait().is_ok_and(|status| status.success())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Already gone is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The program itself, free of what the surroundings may have set. It keeps nothing, so that no test writes into anybody's directories.
pub(crate) fn program() -> Command {
    let mut command = keeping_program();
    command.env("ROADBLOCK_MEMORY", "true");
    command
}

/// The same for tests of the store, which name a directory of their own.
pub(crate) fn keeping_program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_roadblock"));
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ROADBLOCK_")) {
        command.env_remove(name);
    }
    command
}

/// Reads a stream to its end in the background, so that the program never blocks on a full pipe.
fn collect(stream: impl Read + Send + 'static) -> Arc<Mutex<String>> {
    let log = Arc::new(Mutex::new(String::new()));
    let collected = Arc::clone(&log);
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            let mut log = collected.lock().unwrap();
            log.push_str(&line);
            log.push('\n');
        }
    });
    log
}

/// The first line of a stream, if it comes in time; the rest is read and dropped.
fn first_line(stream: impl Read + Send + 'static) -> Option<String> {
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(stream).lines().map_while(Result::ok) {
            // Only the first line has a reader.
            let _ = sender.send(line);
        }
    });
    receiver.recv_timeout(START).ok()
}
