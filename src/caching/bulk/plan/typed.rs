//! The lines that a person would type in a shell for the same effect.

use crate::caching::bulk::model::{Aim, Job, Pattern};

/// A job as a loop of redis-cli.
pub fn typed(job: &Job) -> String {
    let pattern = quoted(job.pattern.bytes());
    let option = job.only.option().map(|it| format!(" {it}")).unwrap_or_default();
    let command = match job.aim {
        Aim::Persist => "PERSIST \"$key\"".to_owned(),
        Aim::Ttl(ttl) => {
            let (millis, half) = (ttl.seconds() * 1_000, job.jitter.spread_millis(ttl) / 2);
            let time = if half == 0 {
                millis.to_string()
            } else {
                format!("\"$(shuf -i {}-{} -n 1)\"", (millis - half).max(1_000), millis + half)
            };
            format!("PEXPIRE \"$key\" {time}{option}")
        }
    };
    format!(
        "redis-cli --scan --pattern {pattern} --count 250 | while IFS= read -r key; do\n  redis-cli {command}\ndone"
    )
}

/// The way back, for one key after the other of the journal.
pub(super) fn undo(pattern: Option<&Pattern>) -> String {
    let of = pattern.map(|it| format!(" # only keys like {it}")).unwrap_or_default();
    format!("redis-cli EVALSHA \"$sha\" 1 \"$key\" \"$set_by_the_job\" \"$expiry_before\" \"$now\"{of}")
}

/// A sweep.
pub(super) fn sweep(seconds: u32) -> String {
    format!(
        "cursor=0; timeout {seconds} sh -c 'while :; do cursor=$(redis-cli EVALSHA \"$sha\" 0 \"$cursor\"); sleep 0.001; done'"
    )
}

/// A text as a shell takes it.
fn quoted(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.chars().any(char::is_control) => format!("'{}'", text.replace('\'', "'\\''")),
        _ => {
            let escaped: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
            format!("$'{escaped}'")
        }
    }
}
