//! What the one who starts the console decides: options of the command line, or variables of the environment.

use std::net::{IpAddr, SocketAddr};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::targets::model::{RedisPlace, Target, TargetId, TargetKind};
use crate::targets::registry::{Configured, Secret};
use crate::targets::tls::Tls;

/// Where the console keeps its state.
#[derive(Clone, Debug, clap::Args)]
pub struct StateDir {
    /// Directory of the console's own state: accounts, sessions and the record. Made if missing, readable by its
    /// owner only. Default: outgrow in $XDG_STATE_HOME, or in ~/.local/state
    #[arg(long = "state", env = "OUTGROW_STATE", value_name = "DIR")]
    dir: Option<PathBuf>,
}

impl StateDir {
    /// A state directory that was decided on elsewhere.
    pub fn at(dir: PathBuf) -> Self {
        Self { dir: Some(dir) }
    }

    /// The directory, as given or by the rules of XDG.
    ///
    /// # Errors
    /// A sentence for the one who starts the command.
    pub fn path(&self) -> Result<PathBuf, String> {
        if let Some(dir) = &self.dir {
            return Ok(dir.clone());
        }
        let of = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        of("XDG_STATE_HOME")
            .or_else(|| of("HOME").map(|home| home.join(".local/state")))
            .map(|base| base.join("outgrow"))
            .ok_or_else(|| "There is no home directory to keep the state in. Give one with --state.".to_owned())
    }
}

/// How the console is reached.
#[derive(Clone, Debug, clap::Args)]
pub struct Web {
    /// Address and port to listen on
    #[arg(long, env = "OUTGROW_ADDR", value_name = "IP:PORT", default_value = "127.0.0.1:3000")]
    pub addr: SocketAddr,
    /// Directory of the built site: style, WASM and icons
    #[arg(long, env = "OUTGROW_SITE", value_name = "DIR", default_value = "target/site")]
    pub site: PathBuf,
    /// Address at which browsers reach the console through a proxy, as in https://console.example.com. With https the
    /// session cookie is sent over TLS only
    #[arg(long, env = "OUTGROW_PUBLIC_ORIGIN", value_name = "ORIGIN")]
    pub public_origin: Option<String>,
    /// Host names that requests may name, separated by commas. Others are answered 421, so that a foreign page cannot
    /// reach the console under a name of its own. Always allowed: the public origin's and the listening address, and
    /// when that is a loopback address, localhost
    #[arg(long, env = "OUTGROW_ALLOWED_HOSTS", value_name = "NAMES", value_delimiter = ',')]
    pub allowed_hosts: Vec<String>,
}

/// Everything that was decided at the start.
#[derive(Clone, Debug)]
pub struct Config {
    pub addr: SocketAddr,
    pub state: PathBuf,
    pub site: PathBuf,
    targets: Option<PathBuf>,
    /// Scheme and authority in lower case, without a slash at the end.
    public_origin: Option<String>,
    /// Host names in lower case, without ports.
    hosts: Vec<String>,
}

impl Config {
    /// Checks what was decided.
    ///
    /// # Errors
    /// A sentence that names the option.
    pub fn new(web: Web, state: PathBuf, targets: Option<PathBuf>) -> Result<Self, String> {
        let public_origin = web.public_origin.as_deref().map(parse_origin).transpose()?;
        let mut hosts: Vec<String> = web
            .allowed_hosts
            .iter()
            .map(|host| host.trim().to_ascii_lowercase())
            .filter(|host| !host.is_empty())
            .collect();
        hosts.push(url_host(web.addr.ip()));
        if web.addr.ip().is_loopback() {
            hosts.extend(["localhost", "127.0.0.1", "[::1]"].map(str::to_owned));
        }
        if let Some(origin) = &public_origin {
            hosts.extend(origin.split_once("://").map(|(_, authority)| host_of(authority).to_owned()));
        }
        Ok(Self { addr: web.addr, state, site: web.site, targets, public_origin, hosts })
    }

    /// The address for a browser.
    pub fn origin(&self) -> String {
        self.public_origin.clone().unwrap_or_else(|| match self.addr.ip().is_unspecified() {
            true => format!("http://localhost:{}", self.addr.port()),
            false => format!("http://{}", self.addr),
        })
    }

    /// The address that was configured for browsers, if one was.
    pub fn public_origin(&self) -> Option<&str> {
        self.public_origin.as_deref()
    }

    /// Whether browsers reach the console over TLS.
    pub fn secure(&self) -> bool {
        self.public_origin.as_deref().is_some_and(|origin| origin.starts_with("https://"))
    }

    /// Whether a request may name this authority (`host` or `host:port`).
    pub fn allows_host(&self, authority: &str) -> bool {
        let host = host_of(authority).to_ascii_lowercase();
        self.hosts.contains(&host)
    }

    /// Reads the targets file. Without one there are no targets.
    ///
    /// # Errors
    /// A sentence that names the file and the place in it, never a value from it.
    pub fn read_targets(&self) -> Result<Vec<Configured>, String> {
        let Some(path) = &self.targets else { return Ok(Vec::new()) };
        let told = |error: &dyn std::fmt::Display| format!("Cannot use the targets file {}: {error}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| told(&error))?;
        let parsed = parse_targets(&text, path.parent()).map_err(|error| told(&error))?;
        let mode = std::fs::metadata(path).map_err(|error| told(&error))?.permissions().mode();
        if mode & 0o077 != 0 && parsed.holds_password {
            return Err(told(&"it holds passwords, and others can read it: run chmod 600 on it"));
        }
        Ok(parsed.targets)
    }
}

/// The host of an authority, without its port. Brackets of an IPv6 address stay.
fn host_of(authority: &str) -> &str {
    match authority.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) && !host.is_empty() => host,
        _ => authority,
    }
}

fn url_host(ip: IpAddr) -> String {
    match ip {
        IpAddr::V4(ip) => ip.to_string(),
        IpAddr::V6(ip) => format!("[{ip}]"),
    }
}

fn parse_origin(text: &str) -> Result<String, String> {
    let origin = text.trim().trim_end_matches('/').to_ascii_lowercase();
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")).unwrap_or_default();
    let plain =
        !authority.is_empty() && !authority.contains(|sign: char| "/?#@\\\"'<>".contains(sign) || sign.is_whitespace());
    if plain && authority.is_ascii() {
        Ok(origin)
    } else {
        Err(format!("--public-origin must be like https://console.example.com, not {text:?}."))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetsFile {
    #[serde(default)]
    target: Vec<TargetLines>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TargetLines {
    id: TargetId,
    kind: TargetKind,
    name: Option<String>,
    host: String,
    port: u16,
    user: Option<String>,
    password: Option<String>,
    /// A file whose first line is the password; relative to the targets file.
    password_file: Option<PathBuf>,
    /// For Redis also what leads to it: `tls/0`, `sentinel:mymaster/0`.
    database: Option<String>,
    /// Files in PEM, relative to the targets file: the authority of the server's certificate, and the certificate and
    /// key by which the server knows the console. With any of them the connection is encrypted.
    tls_ca: Option<PathBuf>,
    tls_certificate: Option<PathBuf>,
    tls_key: Option<PathBuf>,
}

struct Parsed {
    targets: Vec<Configured>,
    holds_password: bool,
}

fn parse_targets(text: &str, beside: Option<&Path>) -> Result<Parsed, String> {
    // The parser's own message quotes the line, and that line may hold a password.
    let file: TargetsFile = toml::from_str(text).map_err(|error| {
        let line =
            error.span().map_or(0, |span| 1 + text.bytes().take(span.start).filter(|byte| *byte == b'\n').count());
        let message = error.message().lines().next().unwrap_or_default().to_owned();
        format!("line {line}: {message}")
    })?;
    let folder = beside.unwrap_or(Path::new("."));
    let holds_password = file.target.iter().any(|target| target.password.is_some());
    let mut targets: Vec<Configured> = Vec::with_capacity(file.target.len());
    for lines in file.target {
        let id = lines.id;
        if targets.iter().any(|known| known.target.id == id) {
            return Err(format!("two targets are called {id}"));
        }
        let password = match (lines.password, lines.password_file) {
            (Some(_), Some(_)) => return Err(format!("{id} has both password and password_file")),
            (Some(password), None) => Some(Secret::new(password)),
            (None, Some(file)) => Some(read_password(&folder.join(file), &id)?),
            (None, None) => None,
        };
        let tls = [lines.tls_ca, lines.tls_certificate, lines.tls_key].map(|file| file.map(|it| folder.join(it)));
        let tls = parse_tls(&id, lines.kind, tls)?;
        if lines.kind == TargetKind::Redis {
            RedisPlace::parse(lines.database.as_deref().unwrap_or_default())
                .map_err(|rule| format!("database of {id}: {}", rule.en))?;
        }
        let name = lines.name.unwrap_or_else(|| id.to_string());
        targets.push(Configured {
            target: Target { id, kind: lines.kind, name, host: lines.host, port: lines.port },
            user: lines.user,
            password,
            database: lines.database,
            tls,
        });
    }
    Ok(Parsed { targets, holds_password })
}

fn parse_tls(
    id: &TargetId,
    kind: TargetKind,
    [authority, certificate, key]: [Option<PathBuf>; 3],
) -> Result<Option<Tls>, String> {
    let client = match (certificate, key) {
        (Some(certificate), Some(key)) => Some((certificate, key)),
        (None, None) => None,
        _ => return Err(format!("{id} needs both tls_certificate and tls_key, or neither")),
    };
    if authority.is_none() && client.is_none() {
        return Ok(None);
    }
    if kind != TargetKind::Redis {
        return Err(format!("{id} has tls files, which are for Redis targets only so far"));
    }
    let tls = Tls { authority, client };
    tls.check().map_err(|error| format!("{id}: {error}"))?;
    Ok(Some(tls))
}

fn read_password(path: &Path, id: &TargetId) -> Result<Secret, String> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("{id}: cannot read {}: {error}", path.display()))?;
    Ok(Secret::new(text.lines().next().unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn web(addr: &str, origin: Option<&str>) -> Web {
        Web {
            addr: addr.parse().expect("a test's address"),
            site: PathBuf::from("target/site"),
            public_origin: origin.map(str::to_owned),
            allowed_hosts: vec!["console.lan".to_owned()],
        }
    }

    #[test]
    fn only_known_hosts_are_answered() {
        let config = Config::new(web("127.0.0.1:3000", Some("https://Ops.example.com/")), PathBuf::new(), None)
            .expect("a good configuration");
        for good in ["127.0.0.1:3000", "localhost", "[::1]:3000", "LOCALHOST:3000", "ops.example.com", "console.lan:80"]
        {
            assert!(config.allows_host(good), "{good} must be allowed");
        }
        for bad in ["evil.example", "localhost.evil.example", "", ":3000", "ops.example.com@evil", "0.0.0.0"] {
            assert!(!config.allows_host(bad), "{bad:?} must be refused");
        }
        assert!(config.secure());
    }

    #[test]
    fn an_origin_is_scheme_and_authority_only() {
        for bad in ["console.example.com", "ftp://x", "https://", "https://x/y", "https://u@x", "https://x y"] {
            assert!(parse_origin(bad).is_err(), "{bad:?} must be refused");
        }
    }

    #[test]
    fn a_targets_file_is_read_and_its_mistakes_are_told_without_values() {
        let good = "[[target]]\nid='pg'\nkind='postgresql'\nhost='127.0.0.1'\nport=5432\nuser='u'\npassword='p'\n";
        let parsed = parse_targets(good, None).expect("a good file");
        assert_eq!(parsed.targets[0].target.name, "pg");
        assert!(parsed.holds_password);
        let twice = format!("{good}{good}");
        assert!(parse_targets(&twice, None).is_err_and(|error| error.contains("two targets")));
        let broken = "[[target]]\nid='pg'\nkind='postgresql'\nhost='h'\nport=1\npasword='hunter2'\n";
        let error = parse_targets(broken, None).err().unwrap_or_default();
        assert!(error.contains("line 6") && !error.contains("hunter2"), "{error}");
    }
}
