//! Who may connect for replication, by the rules of `pg_hba.conf`: the first rule that fits decides.

use std::net::IpAddr;

/// One line, as `pg_hba_file_rules` shows it.
#[derive(Clone, Debug, Default)]
pub(super) struct Rule {
    pub line: i32,
    /// `local`, `host`, `hostssl`, `hostnossl`, `hostgssenc`, `hostnogssenc`.
    pub kind: String,
    pub databases: Vec<String>,
    pub users: Vec<String>,
    pub address: Option<String>,
    pub netmask: Option<String>,
    /// `trust`, `reject`, `scram-sha-256` and others.
    pub method: String,
    /// Why the server cannot read the line.
    pub error: Option<String>,
}

/// Who wants in.
pub(super) struct Asking {
    pub host: IpAddr,
    pub role: String,
    /// Roles that it is a member of, itself among them.
    pub member_of: Vec<String>,
    /// Whether the server speaks TLS: then a client tries that first, and goes on without.
    pub tls: bool,
}

/// What the rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Judgement {
    Accepted {
        line: i32,
        method: String,
    },
    Rejected {
        line: i32,
    },
    /// No rule fits: the server refuses.
    Missing,
    /// This rule decides, and it depends on what is not known here: host names, patterns.
    Unclear {
        line: i32,
    },
    /// The server cannot read this line, and so none of a newer file.
    Broken {
        line: i32,
        error: String,
    },
}

/// Judges a physical replication connection over TCP. It fits only rules whose database is the word `replication`:
/// `all` does not mean it.
pub(super) fn judge(rules: &[Rule], asking: &Asking) -> Judgement {
    if let Some(rule) = rules.iter().find(|rule| rule.error.is_some()) {
        return Judgement::Broken { line: rule.line, error: rule.error.clone().unwrap_or_default() };
    }
    let plain = first_fit(rules, asking, false);
    if !asking.tls {
        return plain;
    }
    match first_fit(rules, asking, true) {
        Judgement::Missing | Judgement::Rejected { .. } if matches!(plain, Judgement::Accepted { .. }) => plain,
        encrypted => encrypted,
    }
}

/// The line that a person adds.
pub(super) fn missing_line(role: &str, host: IpAddr, method: &str) -> String {
    let bits = if host.is_ipv4() { 32 } else { 128 };
    format!("host    replication    {role}    {host}/{bits}    {method}")
}

fn first_fit(rules: &[Rule], asking: &Asking, tls: bool) -> Judgement {
    let kinds: &[&str] =
        if tls { &["host", "hostssl", "hostnogssenc"] } else { &["host", "hostnossl", "hostnogssenc"] };
    let of_kind = rules.iter().filter(|rule| kinds.contains(&rule.kind.as_str()));
    for rule in of_kind.filter(|rule| rule.databases.iter().any(|database| database == "replication")) {
        match (user_fits(rule, asking), address_fits(rule, asking.host)) {
            (Some(false), _) | (_, Some(false)) => {}
            (Some(true), Some(true)) if rule.method == "reject" => return Judgement::Rejected { line: rule.line },
            (Some(true), Some(true)) => {
                return Judgement::Accepted { line: rule.line, method: rule.method.clone() };
            }
            _ => return Judgement::Unclear { line: rule.line },
        }
    }
    Judgement::Missing
}

/// None: it depends on a pattern.
fn user_fits(rule: &Rule, asking: &Asking) -> Option<bool> {
    let fits = |user: &String| match user.strip_prefix('+') {
        Some(group) => asking.member_of.iter().any(|role| role == group),
        None => user == "all" || *user == asking.role,
    };
    if rule.users.iter().any(fits) {
        return Some(true);
    }
    if rule.users.iter().any(|user| user.starts_with('/')) { None } else { Some(false) }
}

/// None: it depends on a name.
fn address_fits(rule: &Rule, host: IpAddr) -> Option<bool> {
    let address = rule.address.as_deref().unwrap_or_default();
    if address == "all" {
        return Some(true);
    }
    let network: IpAddr = address.parse().ok()?;
    let mask: IpAddr = rule.netmask.as_deref().unwrap_or_default().parse().ok()?;
    Some(match (network, mask, host) {
        (IpAddr::V4(network), IpAddr::V4(mask), IpAddr::V4(host)) => {
            u32::from(network) & u32::from(mask) == u32::from(host) & u32::from(mask)
        }
        (IpAddr::V6(network), IpAddr::V6(mask), IpAddr::V6(host)) => {
            u128::from(network) & u128::from(mask) == u128::from(host) & u128::from(mask)
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(line: i32, kind: &str, database: &str, user: &str, address: &str, method: &str) -> Rule {
        let (address, netmask) = address.split_once(' ').map_or((address, None), |(it, mask)| (it, Some(mask)));
        Rule {
            line,
            kind: kind.into(),
            databases: vec![database.into()],
            users: vec![user.into()],
            address: Some(address.into()),
            netmask: netmask.map(str::to_owned),
            method: method.into(),
            error: None,
        }
    }

    fn asking() -> Asking {
        Asking {
            host: "10.0.0.5".parse().expect("an address"),
            role: "repl".into(),
            member_of: vec!["repl".into(), "standbys".into()],
            tls: false,
        }
    }

    const RANGE: &str = "10.0.0.0 255.255.255.0";

    #[test]
    fn the_word_all_does_not_let_a_replica_in() {
        let rules = [rule(1, "host", "all", "all", "all", "trust")];
        assert_eq!(judge(&rules, &asking()), Judgement::Missing);
    }

    #[test]
    fn the_first_rule_that_fits_decides() {
        let accepts = rule(9, "host", "replication", "repl", RANGE, "scram-sha-256");
        let accepted = Judgement::Accepted { line: 9, method: "scram-sha-256".into() };
        assert_eq!(judge(std::slice::from_ref(&accepts), &asking()), accepted);
        let before = [rule(3, "host", "replication", "all", "10.0.0.5 255.255.255.255", "reject"), accepts.clone()];
        assert_eq!(judge(&before, &asking()), Judgement::Rejected { line: 3 });
        let others = [
            rule(1, "local", "replication", "all", "", "peer"),
            rule(2, "host", "replication", "other", "all", "reject"),
            rule(3, "host", "replication", "+admins", "all", "reject"),
            rule(4, "host", "replication", "all", "192.168.0.0 255.255.0.0", "reject"),
            rule(5, "hostssl", "replication", "all", "all", "reject"),
            accepts,
        ];
        assert_eq!(judge(&others, &asking()), accepted);
    }

    #[test]
    fn a_group_lets_its_members_in() {
        let rules = [rule(1, "host", "replication", "+standbys", "all", "md5")];
        assert_eq!(judge(&rules, &asking()), Judgement::Accepted { line: 1, method: "md5".into() });
    }

    #[test]
    fn a_rule_that_names_a_host_is_not_guessed_at() {
        let rules = [rule(1, "host", "replication", "repl", "replica.example", "md5")];
        assert_eq!(judge(&rules, &asking()), Judgement::Unclear { line: 1 });
        let rules = [rule(1, "host", "replication", "/^re", "all", "md5")];
        assert_eq!(judge(&rules, &asking()), Judgement::Unclear { line: 1 });
    }

    #[test]
    fn with_tls_a_rule_without_it_is_tried_second() {
        let tls = Asking { tls: true, ..asking() };
        let rules = [rule(1, "hostnossl", "replication", "repl", "all", "md5")];
        assert_eq!(judge(&rules, &tls), Judgement::Accepted { line: 1, method: "md5".into() });
        let rules = [rule(1, "hostssl", "replication", "repl", "all", "md5")];
        assert_eq!(judge(&rules, &asking()), Judgement::Missing);
    }

    #[test]
    fn one_line_that_cannot_be_read_is_told_first() {
        let broken = Rule { line: 4, error: Some("invalid".into()), ..Rule::default() };
        let rules = [rule(1, "host", "replication", "repl", "all", "md5"), broken];
        assert_eq!(judge(&rules, &asking()), Judgement::Broken { line: 4, error: "invalid".into() });
    }

    #[test]
    fn the_missing_line_names_one_machine() {
        let line = missing_line("repl", "fd00::5".parse().expect("an address"), "scram-sha-256");
        assert_eq!(line, "host    replication    repl    fd00::5/128    scram-sha-256");
        let host: IpAddr = "10.0.0.5".parse().expect("an address");
        assert!(missing_line("repl", host, "md5").contains("10.0.0.5/32    md5"));
    }
}
