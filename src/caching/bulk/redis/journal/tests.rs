use proptest::prelude::*;

use super::*;
use crate::caching::bulk::model::End;

struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("outgrow-journal-{name}-{}", std::process::id()));
        let _ = fs::remove_dir_all(&path);
        Self(path)
    }

    fn folder(&self) -> Folder {
        Folder::below(&self.0)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

type Kept = (u16, bool, Vec<u8>, i64, i64);

fn all(folder: &Folder, record: i64) -> (Read, Vec<Kept>) {
    let mut kept = Vec::new();
    let whole = read(folder, record, |node, known, it| {
        kept.push((node, known, it.key.to_vec(), it.former, it.set));
        true
    });
    (whole.expect("readable").expect("there"), kept)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn what_was_written_is_read_again(
        keys in prop::collection::vec((prop::collection::vec(any::<u8>(), 0..40), -1..1i64 << 52, -1..1i64 << 52), 0..50),
        now in 0..1i64 << 52,
    ) {
        let scratch = Scratch::new("round");
        let mut writer = scratch.folder().begin(1).expect("a journal");
        let entries: Vec<_> = keys.iter().map(|(key, former, set)| Entry { key, former: *former, set: *set }).collect();
        writer.keys(3, now, &entries).expect("written");
        let (_, kept) = all(&scratch.folder(), 1);
        let expected: Vec<Kept> = keys.into_iter().map(|(key, former, set)| (3, false, key, former, set)).collect();
        prop_assert_eq!(kept, expected);
    }
}

#[test]
fn a_portion_that_was_answered_is_told_from_one_that_was_not() {
    let scratch = Scratch::new("answered");
    let folder = scratch.folder();
    let mut writer = folder.begin(1).expect("a journal");
    let entry = |key| Entry { key, former: NEVER, set: 5 };
    let first = writer.keys(0, 1, &[entry(b"a"), entry(b"b")]).expect("written");
    writer.keys(0, 1, &[entry(b"c")]).expect("written");
    let counts = Counts { looked: 9, matched: 3, changed: 2, refused: 1, ..Counts::default() };
    writer.answered(first, &counts).expect("written");
    let (read, kept) = all(&folder, 1);
    assert_eq!(read, Read { keys: 3, open: 1, counts, torn: false });
    assert_eq!(kept.iter().map(|it| it.1).collect::<Vec<_>>(), [true, true, false]);
}

#[test]
fn a_torn_end_and_a_damaged_byte_end_the_reading_and_not_the_program() {
    let scratch = Scratch::new("torn");
    let folder = scratch.folder();
    let mut writer = folder.begin(1).expect("a journal");
    for key in [b"aaaa", b"bbbb", b"cccc"] {
        writer.keys(0, 1, &[Entry { key, former: 7, set: 9 }]).expect("written");
    }
    let path = folder.journal(1);
    let whole = fs::read(&path).expect("a file");
    for length in 0..whole.len() {
        fs::write(&path, &whole[..length]).expect("a file");
        let (read, kept) = all(&folder, 1);
        assert_eq!(kept.len(), length / (whole.len() / 3));
        assert_eq!(read.torn, !length.is_multiple_of(whole.len() / 3));
    }
    for place in 0..whole.len() {
        let mut damaged = whole.clone();
        damaged[place] ^= 0x10;
        fs::write(&path, damaged).expect("a file");
        let (_, kept) = all(&folder, 1);
        let harmless = place % (whole.len() / 3) == 0;
        assert!(kept.len() < 3 || harmless, "byte {place}");
    }
}

#[test]
fn a_million_keys_take_some_thirty_megabytes() {
    let scratch = Scratch::new("size");
    let mut writer = scratch.folder().begin(1).expect("a journal");
    let now = 1_795_000_000_000;
    let names: Vec<String> = (0..250).map(|it| format!("cache:page:{it:06}")).collect();
    let entry = |key: &'_ String| -> (Vec<u8>, i64) { (key.clone().into_bytes(), now + 3_600_000) };
    let kept: Vec<_> = names.iter().map(entry).collect();
    let entries: Vec<_> = kept.iter().map(|(key, at)| Entry { key, former: *at, set: at - 60_000 }).collect();
    writer.keys(0, now, &entries).expect("written");
    writer.answered(0, &Counts { looked: 1_000_000, matched: 1_000_000, ..Counts::default() }).expect("written");
    let bytes = fs::metadata(scratch.folder().journal(1)).expect("a file").len();
    assert!(bytes * 4_000 < 40_000_000, "{bytes} bytes for 250 keys");
}

#[test]
fn an_old_journal_goes_and_that_of_a_job_without_an_end_stays() {
    let scratch = Scratch::new("tidy");
    let folder = scratch.folder();
    let long_ago = SystemTime::now() - Duration::from_secs((DAYS + 1) * 86_400);
    for (record, end) in [(1, Some(End::Cut)), (2, None)] {
        folder.begin(record).expect("a journal");
        folder.keep(&JobView { record, end, ..JobView::default() }).expect("kept");
        let file = OpenOptions::new().write(true).open(folder.journal(record)).expect("a file");
        file.set_modified(long_ago).expect("a time");
    }
    folder.tidy();
    let [gone, there] = [1, 2].map(|record| folder.find(record).expect("something is known of it").journal);
    assert_eq!((gone, there), (None, Some(0)));
}

#[test]
fn a_job_remembers_what_followed_it() {
    let scratch = Scratch::new("follow");
    let folder = scratch.folder();
    folder.keep(&JobView { record: 1, end: Some(End::Cut), ..JobView::default() }).expect("kept");
    folder.follow(1, 7);
    folder.follow(2, 7);
    assert_eq!(folder.find(1).and_then(|it| it.later), Some(7));
    assert!(folder.find(2).is_none(), "nothing is made up of a job that nobody knows");
}
