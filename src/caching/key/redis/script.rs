//! The one script for a key: compares value and time to live with what was read, and sets a value in the same step.

use sha1::{Digest as _, Sha1};

use crate::error::{AppError, Kind};
use crate::words;

/// Answers 1 when the value was set, 0 when the time to live was changed meanwhile, −1 when the value was, and −2 when
/// the key is gone.
const COMPARE_AND_SET: &str = "\
local value = redis.call('GET', KEYS[1]) \
if not value then return -2 end \
if redis.sha1hex(value) ~= ARGV[1] then return -1 end \
if redis.call('PEXPIRETIME', KEYS[1]) ~= tonumber(ARGV[2]) then return 0 end \
redis.call('SET', KEYS[1], ARGV[3], 'KEEPTTL') \
return 1";

/// Before 7.0 a server tells only how much time is left, so the moment is known to some milliseconds.
const BEFORE_7: &str = "\
local value = redis.call('GET', KEYS[1]) \
if not value then return -2 end \
if redis.sha1hex(value) ~= ARGV[1] then return -1 end \
local dies = redis.call('PTTL', KEYS[1]) \
if dies >= 0 then local now = redis.call('TIME') dies = dies + now[1] * 1000 + math.floor(now[2] / 1000) end \
if math.abs(dies - tonumber(ARGV[2])) > 50 then return 0 end \
redis.call('SET', KEYS[1], ARGV[3], 'KEEPTTL') \
return 1";

/// The script for a server that knows `PEXPIRETIME`, or not.
pub(in crate::caching::key) const fn text(tells_the_moment: bool) -> &'static str {
    if tells_the_moment { COMPARE_AND_SET } else { BEFORE_7 }
}

/// What a server calls it by.
pub(in crate::caching::key) fn name(tells_the_moment: bool) -> String {
    Sha1::digest(text(tells_the_moment)).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Why nothing was set.
pub(in crate::caching::key) fn refusal(answer: i64) -> AppError {
    let happened = match answer {
        0 => words!("Somebody else has changed the TTL since it was read.", "그사이 다른 사람이 TTL을 바꿨습니다."),
        -1 => words!("Somebody else has changed the value since it was read.", "그사이 다른 사람이 값을 바꿨습니다."),
        _ => words!("The key is gone: expired or deleted.", "키가 만료되었거나 삭제되었습니다."),
    };
    let next = words!("Nothing was overwritten. Look at it again.", "덮어쓴 것은 없습니다. 다시 확인하세요.");
    AppError::new(Kind::Conflict, happened, next)
}
