//! Work as it stands in a plan. What is read here is what runs.

use serde::{Deserialize, Serialize};

use crate::caching::bulk::model::{Job, Pattern};
use crate::change::Command;
use crate::error::{AppError, Kind};
use crate::words;

/// Keys that the server looks at in one call: it takes 0.2 ms, in which nobody else is served.
pub(super) const SCAN_COUNT: u32 = 250;
/// Keys that are changed in one go.
pub(super) const BATCH: usize = 250;
/// A replica that is so many bytes behind makes a job wait. A quarter of what the server holds back for one by default.
pub const BEHIND: i64 = 16 * 1024 * 1024;

/// Gives one key its former expiry back, if it still has the one that the job set. One key for each call, since a
/// cluster takes no others. An expiry that is near, and may have passed while the call was on its way, is compared with
/// the server's clock first: the server deletes a key that gets an expiry of the past.
pub const UNDO_SCRIPT: &str = "local at = redis.call('PEXPIRETIME', KEYS[1]) \
    if at == -2 then return -1 end \
    if at ~= tonumber(ARGV[1]) then return 0 end \
    if ARGV[2] == '-1' then return redis.call('PERSIST', KEYS[1]) end \
    if ARGV[2] - ARGV[3] < 600000 then \
    local time = redis.call('TIME') \
    if tonumber(ARGV[2]) <= time[1] * 1000 + time[2] / 1000 then return -2 end end \
    return redis.call('PEXPIREAT', KEYS[1], ARGV[2])";

/// Looks at keys so that the server reclaims the expired ones among them, and answers nothing but where to go on.
pub const SWEEP_SCRIPT: &str = "return redis.call('SCAN', ARGV[1], 'COUNT', 200)[1]";

/// What an engine is to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case", deny_unknown_fields)]
pub enum Work {
    BulkTtl {
        job: Job,
        scan_count: u32,
        batch: usize,
        /// Bytes.
        wait_while_replica_is_behind: i64,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        continues: Option<i64>,
    },
    UndoBulk {
        /// Records of jobs, the last first.
        of: Vec<i64>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pattern: Option<Pattern>,
        script: String,
    },
    Sweep {
        seconds: u32,
        pause_millis: u64,
        script: String,
    },
}

impl Work {
    pub const fn bulk(job: Job, continues: Option<i64>) -> Self {
        Self::BulkTtl { job, scan_count: SCAN_COUNT, batch: BATCH, wait_while_replica_is_behind: BEHIND, continues }
    }

    /// As it stands in a plan, with the line that a person would type.
    pub fn command(&self, typed: String) -> Command {
        Command {
            exact: serde_json::to_string(self).unwrap_or_default(),
            typed,
            tool: "sh".to_owned(),
            database: String::new(),
        }
    }

    /// Reads it from a plan.
    ///
    /// # Errors
    /// `Internal` where it is none.
    pub fn parsed(exact: &str) -> Result<Self, AppError> {
        serde_json::from_str(exact).map_err(|_| {
            AppError::new(
                Kind::Internal,
                words!("The plan holds work that cannot be done.", "계획에 실행할 수 없는 작업이 있습니다."),
                words!("Plan again.", "계획을 다시 세우세요."),
            )
        })
    }
}
