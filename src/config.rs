//! Settings: decided once at start, from flags, then environment, then the config file, then defaults.
//!
//! Clap reads flags and the environment; this module lays the file beneath them and refuses what it does not know.

use crate::cli::{LogFormat, ServeArgs};
use serde::Deserialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

/// Threads that render, at most: far more than cores, and far fewer than systems refuse.
const MOST_THREADS: usize = 1024;

/// Everything the server was told.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where the public listener binds; loopback unless asked otherwise.
    pub listen: SocketAddr,
    /// Where `/metrics` is served, if anywhere.
    pub admin_listen: Option<SocketAddr>,
    /// Address clients see, without a trailing slash.
    pub public_url: Option<String>,
    /// What the public listener presents, if it speaks TLS itself.
    pub tls: Option<TlsFiles>,
    /// Bytes of finished tiles kept; 0 = none.
    pub tile_cache_bytes: u64,
    /// Keep what was made of large files beside them, for the next start.
    pub prepared: bool,
    /// Threads that render.
    pub render_threads: usize,
    /// Reload files when they change.
    pub watch: bool,
    /// What is logged.
    pub log: String,
    /// Shape of log lines.
    pub log_format: LogFormat,
    /// Where records are kept.
    pub keep: Keep,
    /// Files to serve; empty = the store.
    pub layers: Vec<LayerSettings>,
    /// Styles of the user's own, beside the built-in ones.
    pub styles: Vec<PathBuf>,
}

impl Settings {
    /// Of a server within another program, such as a test: it keeps and logs nothing, has no cache of tiles, and renders on one thread.
    pub fn in_memory(listen: SocketAddr) -> Self {
        Self {
            listen,
            admin_listen: None,
            public_url: None,
            tls: None,
            tile_cache_bytes: 0,
            prepared: false,
            render_threads: 1,
            watch: false,
            log: String::new(),
            log_format: LogFormat::Text,
            keep: Keep::Memory,
            layers: Vec::new(),
            styles: Vec::new(),
        }
    }
}

/// Where certificate and key are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate, and those that vouch for it.
    pub certificate: PathBuf,
    /// The private key of it.
    pub key: PathBuf,
}

impl TlsFiles {
    /// Both files, or neither.
    fn of(certificate: Option<PathBuf>, key: Option<PathBuf>) -> Result<Option<Self>, ConfigError> {
        let lonely = |key, other| {
            let reason = format!("TLS needs the certificate and its key; name the other file with {other} too");
            Err(ConfigError::Value { key, reason })
        };
        match (certificate, key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(Self { certificate, key })),
            (Some(_), None) => lonely("tls_cert", "--tls-key"),
            (None, Some(_)) => lonely("tls_key", "--tls-cert"),
        }
    }
}

/// Where records are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Keep {
    /// Nowhere: what was changed is gone when the server stops.
    Memory,
    /// In the store of this directory.
    Directory(PathBuf),
    /// No directory was named, and nobody knows where the user's are.
    Unknown,
}

impl Keep {
    /// In the directory named, or else in the user's data directory, as the XDG base directory specification says.
    pub fn in_directory(named: Option<PathBuf>) -> Self {
        let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let data = || absolute("XDG_DATA_HOME").or_else(|| Some(absolute("HOME")?.join(".local/share")));
        let directory = named.or_else(|| Some(data()?.join("roadblock")));
        directory.map_or(Self::Unknown, Self::Directory)
    }
}

/// One file to serve and how.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerSettings {
    /// Where the file is; relative to the config file that names it.
    pub path: PathBuf,
    /// The one table to serve of a file that holds several; all if missing.
    pub table: Option<String>,
    /// Name in addresses; from the file name if missing.
    pub name: Option<String>,
    /// Title for people.
    pub title: Option<String>,
    /// Sentence about the content.
    pub description: Option<String>,
    /// Whom to credit, as plain text.
    pub attribution: Option<String>,
    /// Property that holds the feature id.
    pub id_property: Option<String>,
    /// Properties that travel in tiles and downloads; all if missing.
    pub properties: Option<Vec<String>>,
    /// Lowest zoom with tiles.
    pub min_zoom: Option<u8>,
    /// Highest zoom with tiles.
    pub max_zoom: Option<u8>,
    /// Whether tiles show its points as clusters unless the request says otherwise.
    pub cluster: Option<bool>,
    /// Property whose values are counted in clusters.
    pub cluster_by: Option<String>,
    /// Coordinate reference system when the file names none, as `EPSG:32629`.
    pub crs: Option<String>,
    /// Kilobytes that the features of a tile may take before the least important are left out; 0 = no budget.
    pub tile_budget_kb: Option<u32>,
    /// Property whose number says how much a feature matters among those of its size.
    pub importance: Option<String>,
    /// Whether vector tiles leave out vertices that their zoom does not show; they do if missing.
    pub simplify: Option<bool>,
}

impl LayerSettings {
    /// A file with nothing said about it.
    pub fn from_path(path: PathBuf) -> Self {
        Self {
            path,
            table: None,
            name: None,
            title: None,
            description: None,
            attribution: None,
            id_property: None,
            properties: None,
            min_zoom: None,
            max_zoom: None,
            cluster: None,
            cluster_by: None,
            crs: None,
            tile_budget_kb: None,
            importance: None,
            simplify: None,
        }
    }
}

/// Why the settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is not there or not readable.
    #[error("config file {path}: {source}")]
    Read {
        /// The file asked for.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is not TOML, or has a key that does not exist.
    #[error("config file {path}: {source}")]
    Parse {
        /// The file asked for.
        path: PathBuf,
        /// Line, column and what is wrong.
        source: Box<toml::de::Error>,
    },
    /// A value that cannot work.
    #[error("{key}: {reason}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What is wrong with it and what would be right.
        reason: String,
    },
}

/// The config file: every flag under its own name, and the layers.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct ConfigFile {
    listen: Option<SocketAddr>,
    admin_listen: Option<SocketAddr>,
    public_url: Option<String>,
    tls_cert: Option<PathBuf>,
    tls_key: Option<PathBuf>,
    tile_cache_mb: Option<u32>,
    tile_budget_kb: Option<u32>,
    prepared: Option<bool>,
    render_threads: Option<usize>,
    watch: Option<bool>,
    data: Option<PathBuf>,
    memory: Option<bool>,
    log: Option<String>,
    log_format: Option<LogFormat>,
    style: Vec<PathBuf>,
    layers: Vec<LayerSettings>,
}

impl Settings {
    /// Lays flags and environment (`args`) over the config file over the defaults.
    pub fn decide(args: ServeArgs) -> Result<Self, ConfigError> {
        let file = match &args.config {
            Some(path) => ConfigFile::read(path)?,
            None => ConfigFile::default(),
        };
        let mut layers =
            if args.files.is_empty() { file.layers } else { args.files.into_iter().map(LayerSettings::from_path).collect() };
        let budget = args.tile_budget_kb.or(file.tile_budget_kb);
        layers.iter_mut().for_each(|layer| layer.tile_budget_kb = layer.tile_budget_kb.or(budget));
        let render_threads = args.render_threads.or(file.render_threads).unwrap_or_else(cores);
        if !(1..=MOST_THREADS).contains(&render_threads) {
            let reason = format!("{render_threads} threads do not work; give 1 to {MOST_THREADS}");
            return Err(ConfigError::Value { key: "render_threads", reason });
        }
        // To name a directory beats a file that says to keep nothing.
        let memory = args.memory.or(if args.data.is_some() { None } else { file.memory });
        let keep = if memory == Some(true) { Keep::Memory } else { Keep::in_directory(args.data.or(file.data)) };
        Ok(Self {
            listen: args.listen.or(file.listen).unwrap_or((Ipv4Addr::LOCALHOST, 8080).into()),
            admin_listen: args.admin_listen.or(file.admin_listen),
            public_url: args.public_url.or(file.public_url).map(checked_url).transpose()?,
            tls: TlsFiles::of(args.tls_cert.or(file.tls_cert), args.tls_key.or(file.tls_key))?,
            tile_cache_bytes: u64::from(args.tile_cache_mb.or(file.tile_cache_mb).unwrap_or(256)) << 20,
            prepared: args.prepared.or(file.prepared).unwrap_or(true),
            render_threads,
            watch: args.watch.or(file.watch).unwrap_or(false),
            log: args.log.or(file.log).unwrap_or_else(|| "info".into()),
            log_format: args.log_format.or(file.log_format).unwrap_or(LogFormat::Text),
            keep,
            layers,
            styles: if args.styles.is_empty() { file.style } else { args.styles },
        })
    }
}

impl ConfigFile {
    fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.into(), source })?;
        let mut file: Self =
            toml::from_str(&text).map_err(|source| ConfigError::Parse { path: path.into(), source: Box::new(source) })?;
        let folder = path.parent().unwrap_or(Path::new(""));
        let layers = file.layers.iter_mut().map(|layer| &mut layer.path);
        for path in layers.chain(&mut file.style).chain(&mut file.data).chain(&mut file.tls_cert).chain(&mut file.tls_key) {
            *path = folder.join(&*path);
        }
        Ok(file)
    }
}

/// How many threads the machine runs at once.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

fn checked_url(url: String) -> Result<String, ConfigError> {
    let web = url.starts_with("http://") || url.starts_with("https://");
    if !web || url.contains(['?', '#', ' ', '"', '<', '>']) {
        return Err(ConfigError::Value {
            key: "public_url",
            reason: format!("'{url}' is not a web address; write it as https://maps.example.org or https://example.org/maps"),
        });
    }
    Ok(url.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decide_with_file(text: &str, args: ServeArgs) -> Result<Settings, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("roadblock.toml");
        std::fs::write(&path, text).unwrap();
        Settings::decide(ServeArgs { config: Some(path), ..args })
    }

    #[test]
    fn a_flag_beats_the_file_and_the_file_beats_the_default() {
        let args = ServeArgs { tile_cache_mb: Some(7), ..ServeArgs::default() };
        let settings = decide_with_file("tile_cache_mb = 9\nlisten = \"127.0.0.1:9999\"", args).unwrap();
        assert_eq!(settings.tile_cache_bytes, 7 << 20);
        assert_eq!(settings.listen.port(), 9999);
        assert!(!settings.watch);
    }

    #[test]
    fn an_unknown_key_is_refused_with_its_line() {
        let error = decide_with_file("\ntile_cache = 9", ServeArgs::default()).unwrap_err().to_string();
        assert!(error.contains("line 2") && error.contains("tile_cache"), "{error}");
    }

    #[test]
    fn layer_paths_are_relative_to_the_config_file() {
        let settings = decide_with_file("[[layers]]\npath = \"roads.gpkg\"\ntitle = \"Roads\"", ServeArgs::default()).unwrap();
        assert!(settings.layers[0].path.is_absolute());
        assert_eq!(settings.layers[0].title.as_deref(), Some("Roads"));
    }

    #[test]
    fn records_are_kept_where_the_nearest_word_says() {
        let keep = |text: &str, data: Option<&str>, memory| {
            let args = ServeArgs { data: data.map(PathBuf::from), memory, ..ServeArgs::default() };
            decide_with_file(text, args).unwrap().keep
        };
        let in_flag = Keep::Directory("/flag".into());
        assert_eq!(keep("data = \"/file\"", Some("/flag"), None), in_flag);
        assert_eq!(keep("data = \"/file\"", None, None), Keep::Directory("/file".into()));
        assert_eq!(keep("data = \"/file\"", Some("/flag"), Some(true)), Keep::Memory);
        assert_eq!(keep("memory = true", None, None), Keep::Memory);
        assert_eq!(keep("memory = true", None, Some(false)), Keep::in_directory(None));
        assert_eq!(keep("memory = true", Some("/flag"), None), in_flag);
        let Keep::Directory(beside_the_file) = keep("data = \"store\"", None, None) else { panic!("no directory") };
        assert!(beside_the_file.is_absolute() && beside_the_file.ends_with("store"));
    }

    #[test]
    fn certificate_and_key_come_together_from_wherever_each_is_named() {
        let args = |certificate: &str| ServeArgs { tls_cert: Some(certificate.into()), ..ServeArgs::default() };
        let files = decide_with_file("tls_cert = \"a.pem\"\ntls_key = \"/key.pem\"", args("/b.pem")).unwrap().tls;
        assert_eq!(files, Some(TlsFiles { certificate: "/b.pem".into(), key: "/key.pem".into() }));
        let beside_the_file = decide_with_file("tls_cert = \"a.pem\"\ntls_key = \"k.pem\"", ServeArgs::default()).unwrap().tls;
        assert!(beside_the_file.is_some_and(|files| files.certificate.is_absolute() && files.key.is_absolute()));
        assert_eq!(decide_with_file("", ServeArgs::default()).unwrap().tls, None);
        for (text, args, missing) in
            [("", args("/b.pem"), "--tls-key"), ("tls_key = \"k.pem\"", ServeArgs::default(), "--tls-cert")]
        {
            let error = decide_with_file(text, args).unwrap_err().to_string();
            assert!(error.contains(missing), "{error}");
        }
    }

    #[test]
    fn styles_are_those_of_the_flag_or_else_of_the_file_and_lie_beside_it() {
        let args = ServeArgs { styles: vec!["flag.json".into()], ..ServeArgs::default() };
        assert_eq!(decide_with_file("style = [\"file.json\"]", args).unwrap().styles, [PathBuf::from("flag.json")]);
        let beside_the_file = decide_with_file("style = [\"file.json\"]", ServeArgs::default()).unwrap().styles;
        assert!(beside_the_file[0].is_absolute() && beside_the_file[0].ends_with("file.json"));
    }

    #[test]
    fn a_public_url_must_be_a_web_address() {
        let args = ServeArgs { public_url: Some("maps.example.org".into()), ..ServeArgs::default() };
        let error = Settings::decide(args).unwrap_err().to_string();
        assert!(error.contains("maps.example.org") && error.contains("https://"), "{error}");
    }

    #[test]
    fn numbers_of_render_threads_that_cannot_work_are_refused() {
        for threads in [0, 1025, usize::MAX] {
            let args = ServeArgs { render_threads: Some(threads), ..ServeArgs::default() };
            let error = Settings::decide(args).unwrap_err().to_string();
            assert!(error.contains("1 to 1024"), "{error}");
        }
    }
}
