//! Families of keys that are no cache.

/// A family of keys that loses something when its keys die early.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    Session,
    Lock,
    Queue,
}

impl Family {
    /// The word that is typed to confirm that keys of it are meant.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Session => "sessions",
            Self::Lock => "locks",
            Self::Queue => "queues",
        }
    }
}

/// Which family a key is of, by its name.
pub fn family(key: &[u8]) -> Option<Family> {
    const NAMES: [(Family, &[&[u8]]); 3] = [
        (Family::Session, &[b"session", b"sess:"]),
        (Family::Lock, &[b"lock:", b":lock", b"redlock", b"mutex"]),
        (Family::Queue, &[b"_kombu", b"celery", b"rq:", b"bull:", b"resque:", b"sidekiq", b"queue:"]),
    ];
    let lower = key.to_ascii_lowercase();
    let holds = |part: &[u8]| lower.windows(part.len()).any(|it| it == part);
    NAMES.into_iter().find(|(_, parts)| parts.iter().any(|part| holds(part))).map(|(family, _)| family)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_locks_and_queues_are_told_by_their_names() {
        assert_eq!(family(b":1:django.contrib.sessions.cache1"), Some(Family::Session));
        assert_eq!(family(b"lock:order:7"), Some(Family::Lock));
        assert_eq!(family(b"_kombu.binding.celery"), Some(Family::Queue));
        assert_eq!(family(b":1:page:7"), None);
    }
}
