use super::*;
use crate::caching::bulk::model::{End, Jitter, Only, Rate};
use crate::caching::model::Ttl;
use crate::change::Verdict;

fn job(pattern: &str, jitter: u8) -> Job {
    Job {
        pattern: Pattern::parse(pattern).expect("a pattern"),
        aim: Aim::Ttl(Ttl::parse("60").expect("a time")),
        only: Only::All,
        jitter: Jitter::try_from(jitter).expect("a jitter"),
        rate: Rate::parse("").expect("no rate"),
    }
}

fn preview(matched: i64) -> Preview {
    Preview { keys: matched, looked: matched, whole: true, matched, lasting: matched, ..Preview::default() }
}

fn modern() -> Facts {
    Facts { product: "Redis 7.0".into(), modern: true, nodes: 1, policy: Some("noeviction".into()), ..Facts::default() }
}

fn plan_of(job: &Job, facts: &Facts, preview: &Preview) -> Plan {
    bulk_ttl("R", job, facts, preview, None)
}

fn worst(plan: &Plan, words: &str) -> Verdict {
    let found = plan.checks.iter().find(|it| it.found.en.contains(words));
    found.unwrap_or_else(|| panic!("{words} is not in {:?}", plan.checks)).verdict
}

#[test]
fn an_old_server_is_told_what_it_cannot_do() {
    let old = Facts { product: "Redis 6.2".into(), modern: false, ..modern() };
    let plan = plan_of(&job("a:*", 10), &old, &preview(5));
    assert!(plan.blocked());
    assert_eq!(worst(&plan, "neither conditions"), Verdict::Block);
}

#[test]
fn a_replica_is_not_written_to() {
    assert!(plan_of(&job("a:*", 10), &Facts { is_replica: true, ..modern() }, &preview(5)).blocked());
}

#[test]
fn too_many_deaths_in_one_second_are_a_storm_and_jitter_helps() {
    assert_eq!(worst(&plan_of(&job("a:*", 0), &modern(), &preview(1_000_000)), "in the same second"), Verdict::Warn);
    assert_eq!(worst(&plan_of(&job("a:*", 50), &modern(), &preview(1_000_000)), "in the same second"), Verdict::Pass);
}

#[test]
fn a_pattern_that_may_match_all_is_typed_again_and_so_are_sessions() {
    assert_eq!(plan_of(&job("a:*", 10), &modern(), &preview(5)).blast, Blast::Confirm);
    assert_eq!(plan_of(&job("*", 10), &modern(), &preview(5)).blast, Blast::TypeName("*".into()));
    let sessions = Preview { families: vec!["sessions".into()], ..preview(5) };
    let plan = plan_of(&job("a:*", 10), &modern(), &sessions);
    assert_eq!(plan.blast, Blast::TypeName("sessions a:*".into()));
    assert_eq!(worst(&plan, "look like sessions"), Verdict::Warn);
    let few = plan_of(&job("a:*", 10), &modern(), &preview(5));
    assert_eq!(worst(&few, "No name that was seen"), Verdict::Pass);
    let many = plan_of(&job("a:*", 10), &modern(), &preview(1_000_000));
    assert_eq!(worst(&many, "not all were"), Verdict::Pass);
}

#[test]
fn the_order_of_use_is_lost_only_where_it_counts_and_cannot_be_kept() {
    let lru = Facts { policy: Some("allkeys-lru".into()), ..modern() };
    assert_eq!(worst(&plan_of(&job("a:*", 10), &lru, &preview(5)), "just used"), Verdict::Warn);
    let newer = Facts { keeps_order: true, ..lru };
    assert_eq!(worst(&plan_of(&job("a:*", 10), &newer, &preview(5)), "order of eviction"), Verdict::Pass);
    let unasked = Facts { policy: None, ..modern() };
    assert_eq!(worst(&plan_of(&job("a:*", 10), &unasked, &preview(5)), "no permission"), Verdict::Warn);
}

#[test]
fn what_is_typed_says_what_is_done() {
    let text = typed(&Job { only: Only::Expiring, ..job("it's:*", 10) });
    assert!(text.contains(r"--pattern 'it'\''s:*'"), "{text}");
    assert!(text.contains(r#"PEXPIRE "$key" "$(shuf -i 54000-66000 -n 1)" XX"#), "{text}");
    let persist = Job { aim: Aim::Persist, ..job("a:*", 10) };
    assert!(typed(&persist).contains("PERSIST \"$key\""));
}

#[test]
fn only_a_job_that_was_cut_short_is_continued_and_only_one_with_a_journal_taken_back() {
    let view = JobView { record: 7, end: Some(End::Cut), journal: Some(9), ..JobView::default() };
    assert!(!bulk_ttl("R", &job("a:*", 0), &modern(), &preview(5), Some(&view)).blocked());
    assert!(!undo(&view, vec![7], None, &modern()).blocked());
    let whole = JobView { end: Some(End::Whole), ..view.clone() };
    assert!(bulk_ttl("R", &job("a:*", 0), &modern(), &preview(5), Some(&whole)).blocked());
    let followed = JobView { later: Some(9), ..view.clone() };
    assert!(bulk_ttl("R", &job("a:*", 0), &modern(), &preview(5), Some(&followed)).blocked(), "not twice");
    assert!(!undo(&followed, vec![7], None, &modern()).blocked(), "another part of it may be taken back");
    let gone = JobView { journal: None, ..view.clone() };
    assert!(undo(&gone, vec![7], None, &modern()).blocked());
    assert!(undo(&JobView { end: None, ..view }, vec![7], None, &modern()).blocked());
}

#[test]
fn an_undo_says_what_else_it_takes_back_and_what_it_cannot_tell_apart() {
    let of = |aim| JobView { record: 7, job: Some(Job { aim, ..job("a:*", 0) }), ..JobView::default() };
    let told = |view: &JobView, of| format!("{:?}", undo(view, of, None, &modern()).effect);
    let ttl = of(job("a:*", 0).aim);
    assert!(!told(&ttl, vec![7]).contains("taken back too") && !told(&ttl, vec![7]).contains("written anew"));
    assert!(told(&ttl, vec![7, 5, 3]).contains("taken back too: 5, 3."));
    assert!(told(&of(Aim::Persist), vec![7]).contains("written anew"));
}
