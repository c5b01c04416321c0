//! The server's own figures (`analyzeShardKey`, MongoDB 7.0 and later). They stand over what was sampled, where there are
//! any; what the server does not tell stays as it was sampled.

use bson::{Bson, Document, doc};
use mongodb::Client;
use mongodb::error::Error;

use crate::error::AppError;
use crate::sharding::advisor::model::{Cardinality, Figures, Routing, Spread, Trend};
use crate::sharding::cluster::Cluster;
use crate::sharding::model::offered::Operation;
use crate::sharding::model::{Namespace, Release, ShardKey, Spread as How};
use crate::sharding::mongo::answer::{number, soft};

/// How long the server may take for all keys, in milliseconds.
const ANALYSING: i32 = 2_400;
/// Documents that the server looks at.
const LOOKED_AT: i64 = 10_000;

/// What the server says of one key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Analysis {
    cardinality: Option<Cardinality>,
    top: Option<f64>,
    trend: Option<Trend>,
    routing: Option<Routing>,
}

/// Asks the server about each key; nothing where this cluster cannot tell.
///
/// # Errors
/// As [`Cluster::read`].
pub async fn measure(
    cluster: &Cluster,
    namespace: &Namespace,
    keys: &[ShardKey],
    release: Release,
) -> Result<Vec<Option<Analysis>>, AppError> {
    if Operation::AnalyzeKey.offered(release).is_err() {
        return Ok(vec![None; keys.len()]);
    }
    let mut all = Vec::with_capacity(keys.len());
    for key in keys {
        all.push(cluster.read(|client| async move { one(&client, namespace, key).await }).await?);
    }
    Ok(all)
}

/// Without an index for the key the server tells only how queries would be routed, so that is asked apart.
async fn one(client: &Client, namespace: &Namespace, key: &ShardKey) -> Result<Option<Analysis>, Error> {
    let admin = client.database("admin");
    let values = soft(admin.run_command(command(namespace, key, true)).await)?;
    let routing = soft(admin.run_command(command(namespace, key, false)).await)?;
    let read = |answer: Option<Document>| answer.map(|answer| analysis(&answer)).unwrap_or_default();
    let (values, routing) = (read(values), read(routing));
    Ok(Some(Analysis { routing: routing.routing.or(Some(Routing::NotMeasured)), ..values }))
}

fn command(namespace: &Namespace, key: &ShardKey, values: bool) -> Document {
    let way = |how: How| if how == How::Hashed { Bson::from("hashed") } else { Bson::from(1) };
    let key: Document = key.fields().iter().map(|it| (it.field.clone(), way(it.spread))).collect();
    let mut command = doc! {
        "analyzeShardKey": namespace.to_string(), "key": key,
        "keyCharacteristics": values, "readWriteDistribution": !values, "maxTimeMS": ANALYSING / 2,
    };
    if values {
        command.insert("sampleSize", LOOKED_AT);
    }
    command
}

/// Reads an answer of `analyzeShardKey`.
pub fn analysis(answer: &Document) -> Analysis {
    let mut analysis = Analysis::default();
    if let Ok(key) = answer.get_document("keyCharacteristics") {
        let of = |field| number(key, field);
        let looked_at = of("numDocsSampled").filter(|it| *it > 0);
        let whole = looked_at.is_some() && looked_at >= of("numDocsTotal");
        analysis.cardinality = match (of("numDistinctValues"), looked_at, of("numDocsTotal")) {
            (_, _, Some(total)) if key.get_bool("isUnique").unwrap_or_default() => Some(Cardinality::Exact(total)),
            (Some(different), ..) if whole => Some(Cardinality::Exact(different)),
            (Some(different), Some(looked_at), _) if different == looked_at => {
                Some(Cardinality::UniqueInSample(looked_at))
            }
            (Some(different), ..) => Some(Cardinality::AtLeast(different)),
            _ => None,
        };
        analysis.top = looked_at.and_then(|looked_at| {
            let values = key.get_array("mostCommonValues").ok()?;
            let most = values.iter().filter_map(Bson::as_document).filter_map(|it| number(it, "frequency")).max()?;
            (most > 1).then(|| most as f64 * 100.0 / looked_at as f64)
        });
        analysis.trend = key.get_document("monotonicity").ok().and_then(|it| match it.get_str("type") {
            Ok("monotonic") => Some(Trend::Monotonic),
            Ok("not monotonic") => Some(Trend::NotMonotonic),
            _ => None,
        });
    }
    let (reads, writes) = (spread(answer, "read", "Reads"), spread(answer, "write", "Writes"));
    let told = answer.contains_key("readDistribution") || answer.contains_key("writeDistribution");
    analysis.routing = told.then_some(match (reads, writes) {
        (None, None) => Routing::NoSamples,
        (reads, writes) => Routing::Measured { reads, writes },
    });
    analysis
}

/// Without samples the server tells shares of 0 or none: there is nothing to be told then.
fn spread(answer: &Document, what: &str, whats: &str) -> Option<Spread> {
    let told = answer.get_document(format!("{what}Distribution")).ok()?;
    let total = told.get_document("sampleSize").ok().and_then(|it| number(it, "total")).filter(|total| *total > 0)?;
    let share = |which: &str| match told.get(format!("percentageOf{which}{whats}")) {
        Some(Bson::Double(share)) => Some(*share),
        Some(Bson::Int32(share)) => Some(f64::from(*share)),
        Some(Bson::Int64(share)) => Some(*share as f64),
        _ => None,
    };
    let several = share("MultiShard").or_else(|| share("VariableShard"))?;
    Some(Spread { total, one: share("SingleShard")?, several, all: share("ScatterGather")? })
}

impl Analysis {
    /// What the server says, over what was sampled.
    #[must_use]
    pub fn over(self, sampled: Figures) -> Figures {
        let exact = matches!(sampled.cardinality, Cardinality::Exact(_));
        Figures {
            cardinality: self.cardinality.filter(|_| !exact).unwrap_or(sampled.cardinality),
            top: self.top.or(sampled.top),
            trend: match (self.trend, sampled.trend) {
                (_, Trend::Hashed) => Trend::Hashed,
                (Some(told), _) => told,
                (None, sampled) => sampled,
            },
            routing: self.routing.unwrap_or(sampled.routing),
            ..sampled
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sharding::advisor::model::Arrays;

    fn sampled() -> Figures {
        Figures {
            cardinality: Cardinality::AtLeast(10),
            top: Some(12.0),
            absent: Some(1.0),
            arrays: Arrays::None,
            types: Vec::new(),
            trend: Trend::Mixed(0.5),
            routing: Routing::NotMeasured,
        }
    }

    /// As the manual of 7.0 documents the answer.
    fn documented() -> Document {
        doc! {
            "keyCharacteristics": {
                "numDocsTotal": 9_039_i64, "avgDocSizeBytes": 153_i64, "numDocsSampled": 9_039_i64, "isUnique": false,
                "numDistinctValues": 30_i64,
                "mostCommonValues": [
                    { "value": { "lastName": "Smith" }, "frequency": 1_013_i64 },
                    { "value": { "lastName": "Johnson" }, "frequency": 984_i64 },
                ],
                "monotonicity": { "recordIdCorrelationCoefficient": 0.077, "type": "not monotonic" },
            },
            "readDistribution": {
                "sampleSize": { "total": 525_i64, "find": 525_i64, "aggregate": 0_i64, "count": 0_i64, "distinct": 0_i64 },
                "percentageOfSingleShardReads": 84.19, "percentageOfMultiShardReads": 12.19,
                "percentageOfScatterGatherReads": 3.62, "numReadsByRange": [100_i64],
            },
            "writeDistribution": {
                "sampleSize": { "total": 0_i64, "update": 0_i64, "delete": 0_i64, "findAndModify": 0_i64 },
                "percentageOfSingleShardWrites": 0, "percentageOfMultiShardWrites": 0,
                "percentageOfScatterGatherWrites": 0,
            },
            "ok": 1.0,
        }
    }

    #[test]
    fn the_documented_answer_stands_over_the_sample_and_no_samples_are_no_zero() {
        let figures = analysis(&documented()).over(sampled());
        assert_eq!(figures.cardinality, Cardinality::Exact(30));
        assert!((figures.top.expect("a share") - 11.207).abs() < 0.01);
        assert_eq!((figures.trend, figures.absent), (Trend::NotMonotonic, Some(1.0)));
        let reads = Some(Spread { total: 525, one: 84.19, several: 12.19, all: 3.62 });
        assert_eq!(figures.routing, Routing::Measured { reads, writes: None });
    }

    #[test]
    fn an_answer_without_samples_of_queries_says_so() {
        let mut answer = documented();
        let empty = doc! { "sampleSize": { "total": 0_i64 } };
        answer.insert("readDistribution", empty);
        assert_eq!(analysis(&answer).over(sampled()).routing, Routing::NoSamples);
    }

    #[test]
    fn without_an_index_for_the_key_the_sample_stands() {
        let analysis = analysis(&doc! { "ok": 1.0 });
        assert_eq!(analysis, Analysis::default());
        assert_eq!(analysis.over(sampled()), sampled());
    }

    #[test]
    fn a_unique_index_and_a_part_of_the_documents_are_told_for_what_they_are() {
        let of = |unique: bool, different: i64, looked_at: i64| {
            let mut answer = documented();
            let key = answer.get_document_mut("keyCharacteristics").expect("figures");
            key.insert("isUnique", unique);
            key.insert("numDistinctValues", different);
            key.insert("numDocsSampled", looked_at);
            analysis(&answer).over(sampled()).cardinality
        };
        assert_eq!(of(true, 9_039, 1_000), Cardinality::Exact(9_039));
        assert_eq!(of(false, 900, 1_000), Cardinality::AtLeast(900));
        assert_eq!(of(false, 1_000, 1_000), Cardinality::UniqueInSample(1_000));
    }
}
