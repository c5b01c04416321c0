//! What the settings and the state of the balancer mean, the worst first.

use super::{Balancing, Fault, Repair, Verdict};
use crate::finding::{Finding, Way};
use crate::text::{Words, url_text};
use crate::words;

impl Balancing {
    /// What is wrong with balancing, and the ways out, for a cluster that is called `target` in addresses.
    pub fn findings(&self, target: &str) -> Vec<Finding> {
        let mut found: Vec<Finding> =
            self.settings.iter().flat_map(|it| &it.faults).map(|fault| dead(fault, self, target)).collect();
        if self.verdict() == Verdict::Off {
            found.push(Finding::warn(
                words!("The balancer is switched off.", "밸런서가 꺼져 있습니다."),
                words!(
                    "No chunk moves: new shards stay empty, a shard that is drained stays full.",
                    "청크가 이동하지 않습니다. 새 샤드는 비어 있고 드레이닝 중인 샤드는 비워지지 않습니다.",
                ),
                way(target, "start_balancer", words!("Start the balancer…", "밸런서 시작…")),
            ));
        }
        if self.last_round.as_ref().is_some_and(|it| it.failed) {
            found.push(Finding::warn(
                words!("The last recorded round failed.", "마지막으로 기록된 라운드가 실패했습니다."),
                words!("The history of migrations may say why.", "마이그레이션 이력에서 이유를 확인하세요."),
                Way {
                    link: format!("/sharding/history?target={}", url_text(target)),
                    action: words!("Look at the history", "마이그레이션 이력 보기"),
                },
            ));
        }
        found
    }
}

fn dead(fault: &Fault, balancing: &Balancing, target: &str) -> Finding {
    let told = fault.told();
    let (en, ko) = (told.en, told.ko);
    let claims = match &balancing.status {
        Some(status) => {
            let mode = &status.mode;
            words!(", although balancerStatus says “{mode}”", "balancerStatus는 “{mode}”라고 하지만 ")
        }
        None => Words::default(),
    };
    let (claims_en, claims_ko) = (claims.en, claims.ko);
    Finding::bad(
        words!("Balancing is dead: {en}", "밸런싱이 멈춰 있습니다: {ko}"),
        words!(
            "The config server skips every round because of this{claims_en}; only its log says so.",
            "{claims_ko}설정 서버는 이 값 때문에 모든 라운드를 건너뛰며, 서버 로그에만 남습니다.",
        ),
        repair(fault, target),
    )
}

fn repair(fault: &Fault, target: &str) -> Way {
    match fault.repair {
        Repair::Start => {
            way(target, "start_balancer", words!("Write it anew: start the balancer…", "다시 쓰기: 밸런서 시작…"))
        }
        Repair::Window => way(target, "clear_window", words!("Remove the window…", "밸런싱 허용 시간 해제…")),
        Repair::ChunkSize => way(target, "reset_chunk_size", words!("Back to the default size…", "기본 크기로…")),
        Repair::AutoMerger => {
            way(target, "start_auto_merger", words!("Write it anew: auto-merger on…", "다시 쓰기: 자동 병합 켜기…"))
        }
        Repair::ByHand => Way::none(),
    }
}

fn way(target: &str, action: &str, told: Words) -> Way {
    Way { link: format!("/sharding/balancer?target={}&action={action}", url_text(target)), action: told }
}
