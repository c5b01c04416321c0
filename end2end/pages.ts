// Every page of the console, and what it says of itself in both languages: for the tests and for the pictures.
export interface ConsolePage {
  /** A short name, for titles and files. */
  name: string
  path: string
  /** The heading, in English and in Korean. The title of the document is the same. */
  en: string
  ko: string
  signedOut?: boolean
}

const page = (name: string, path: string, en: string, ko: string): ConsolePage => ({ name, path, en, ko })

const QUERY = encodeURIComponent('SELECT id, name, price_krw FROM products ORDER BY id LIMIT 3')

/** The lower bound of a collection's first chunk. */
const LOWEST = encodeURIComponent('{"customer_id":{"$minKey":1}}')

export const LOG_IN: ConsolePage = { ...page('login', '/login', 'Log in', '로그인'), signedOut: true }

export const PAGES: ConsolePage[] = [
  page('overview', '/', 'Overview', '개요'),
  page('sharding', '/sharding', 'Sharding', '샤딩'),
  page('replication', '/replication', 'Replication slots', '복제 슬롯'),
  page('caching', '/caching', 'Cache', '캐시'),
  page('audit', '/audit', 'Record', '기록'),
  page('settings', '/settings', 'Settings', '설정'),
]

/** The same pages with a plan, with what was asked for in the address, and with something wrong. */
export const STATES: ConsolePage[] = [
  page('bulk', '/caching/bulk?target=cache', 'TTL by pattern', '패턴별 TTL'),
  page('bulk-plan', '/caching/bulk?target=cache&action=bulk_ttl&pattern=page:*&ttl=2h', 'TTL by pattern', '패턴별 TTL'),
  page('bulk-wrong', '/caching/bulk?target=cache&action=bulk_ttl&pattern=page:*&ttl=0', 'TTL by pattern', '패턴별 TTL'),
  page('bulk-job-gone', '/caching/bulk/job?target=cache&record=999999', 'A job over many keys', '대량 키 작업'),
  page('storm', '/caching/storm?target=cache', 'Expiry storms', '만료 스톰'),
  page('storm-plan', '/caching/storm?target=cache&action=sweep&seconds=60', 'Expiry storms', '만료 스톰'),
  page('policies', '/caching/policies?target=cache', 'TTL policies', 'TTL 정책'),
  page(
    'policies-plan',
    '/caching/policies?target=cache&action=add_policy&prefix=page:&ttl=1h',
    'TTL policies',
    'TTL 정책',
  ),
  page('collections', '/sharding/collections?target=mongo', 'Collections', '컬렉션'),
  page('collections-owned', '/sharding/collections?target=mongo&sharded=yes&sort=owned', 'Collections', '컬렉션'),
  page(
    'collection',
    '/sharding/collection?target=mongo&namespace=shop.orders',
    'Collection shop.orders',
    '컬렉션 shop.orders',
  ),
  page(
    'collection-plain',
    '/sharding/collection?target=mongo&namespace=shop.logs',
    'Collection shop.logs',
    '컬렉션 shop.logs',
  ),
  page('chunks', '/sharding/chunks?target=mongo&namespace=shop.orders', 'Chunk map', '청크 맵'),
  page(
    'chunks-where',
    `/sharding/chunks?target=mongo&namespace=shop.orders&document=${encodeURIComponent('{ customer_id: 5 }')}`,
    'Chunk map',
    '청크 맵',
  ),
  page('sharding-history', '/sharding/history?target=mongo', 'Migration history', '마이그레이션 이력'),
  page('shard', '/sharding/shard?target=mongo', 'Shard a collection', '컬렉션 샤딩'),
  page('shard-more', '/sharding/shard?target=mongo&namespace=shop.new&key=a&spread=hashed&chunks=8', 'Shard a collection', '컬렉션 샤딩'),
  page(
    'sharding-plan',
    '/sharding/shard?target=mongo&action=shard_collection&namespace=shop.logs&key=level',
    'Shard a collection',
    '컬렉션 샤딩',
  ),
  page('advisor', '/sharding/advisor?target=mongo', 'Shard-key advisor', '샤드 키 추천'),
  page(
    'advisor-advice',
    '/sharding/advisor?target=mongo&namespace=shop.logs&key=_id:hashed&key=level&key=at',
    'Shard-key advisor',
    '샤드 키 추천',
  ),
  page('zones', '/sharding/zones?target=mongo', 'Zones', '존'),
  page('zone-ranges', '/sharding/zones?target=mongo&namespace=shop.orders', 'Zones', '존'),
  page('zone-plan', '/sharding/zones?target=mongo&action=add_shard_to_zone&shard=shard1&zone=EU', 'Zones', '존'),
  page('chunk', `/sharding/chunk?target=mongo&namespace=shop.orders&min=${LOWEST}`, 'Chunk', '청크'),
  page(
    'chunk-plan',
    `/sharding/chunk?target=mongo&namespace=shop.orders&min=${LOWEST}&action=split_chunk&how=middle`,
    'Chunk',
    '청크',
  ),
  page('shards', '/sharding/shards?target=mongo', 'Shards', '샤드'),
  page('shards-drain', '/sharding/shards?target=mongo&action=remove_shard&shard=shard2', 'Shards', '샤드'),
  page('shards-primary', '/sharding/shards?target=mongo&action=move_primary&database=shop&to=shard2', 'Shards', '샤드'),
  page('balancer', '/sharding/balancer?target=mongo', 'Balancer', '밸런서'),
  page('reshape', '/sharding/reshape?target=mongo&namespace=shop.orders', 'Reshape a collection', '컬렉션 분산 변경'),
  page(
    'reshape-plan',
    '/sharding/reshape?target=mongo&namespace=shop.orders&action=reshard_collection&key=_id:hashed',
    'Reshape a collection',
    '컬렉션 분산 변경',
  ),
  page('replication-plan', '/replication?target=pg-main&action=create_slot&name=planned', 'Replication slots', '복제 슬롯'),
  page('replication-drop', '/replication?target=pg-main&action=drop_slot&name=standby1', 'Replication slots', '복제 슬롯'),
  page('slot', '/replication/slot?target=pg-main&name=standby1', 'Slot standby1', '슬롯 standby1'),
  page('snapshot-plan', '/replication/slot?target=pg-main&action=log_snapshot', 'Snapshot record for standbys', '대기 서버용 스냅샷 레코드'),
  page('replication-settings', '/replication/settings?target=pg-main', 'Replication settings', '복제 설정'),
  page(
    'setting-plan',
    '/replication/settings?target=pg-main&action=set_setting&name=max_slot_wal_keep_size&value=10240',
    'Replication settings',
    '복제 설정',
  ),
  page('add-replica', '/replication/add?target=pg-main', 'Add a replica', '복제본 추가'),
  page('topology', '/replication/topology?target=pg-main', 'Topology', '복제 토폴로지'),
  page('horizon', '/replication/horizon?target=pg-main', 'Horizon board', '정리 한계(xmin) 현황'),
  page('failover', '/replication/failover?target=pg-main', 'Failover readiness', '장애 조치 준비 상태'),
  page('publications', '/replication/publications?target=pg-main&database=shop', 'Publications', '발행'),
  page(
    'publication-plan',
    '/replication/publications?target=pg-main&database=shop&action=create_publication&name=p&names=public.orders',
    'Publications',
    '발행',
  ),
  page('subscriptions', '/replication/subscriptions?target=pg-main&database=shop&publisher=pg-main', 'Subscriptions', '구독'),
  page(
    'subscription-plan',
    '/replication/subscriptions?target=pg-main&database=postgres&action=create_subscription&name=copy&publisher=pg-main&publications=p',
    'Subscriptions',
    '구독',
  ),
  page(
    'logical-steps',
    '/replication/add-logical?publisher=pg-main&publisher_database=shop&publication=p&subscriber=pg-main&database=postgres&name=copy',
    'Add a logical copy',
    '논리 복제 추가',
  ),
  page(
    'caching-plan',
    `/caching/query?target=cache&action=store_query&source=pg-main&key=planned&ttl=60&query=${QUERY}`,
    'Cached query',
    '쿼리 캐시',
  ),
  page('caching-access', '/caching/access?target=cache&prefix=:1:', 'Access', '접근 권한'),
  page('cached-queries', '/caching/queries?target=cache', 'Cached queries', '쿼리 캐시'),
  page('cached-query-form', '/caching/query?target=cache', 'Cached query', '쿼리 캐시'),
  page('cached-find-form', '/caching/query?target=cache&kind=find', 'Cached query', '쿼리 캐시'),
  page(
    'cached-query-plan',
    `/caching/query?target=cache&action=store_query&source=pg-main&key=planned&ttl=60&name=top&query=${QUERY}`,
    'Cached query',
    '쿼리 캐시',
  ),
  page(
    'cached-query-wrong',
    `/caching/query?target=cache&action=store_query&source=pg-main&key=planned&ttl=0&query=${QUERY}`,
    'Cached query',
    '쿼리 캐시',
  ),
  page('ttl-indexes', '/caching/ttl-indexes?target=mongo', 'TTL indexes', 'TTL 인덱스'),
  page(
    'ttl-index',
    '/caching/ttl-index?target=mongo&namespace=shop.sessions&name=last_seen_1&seconds=7d',
    'TTL index last_seen_1',
    'TTL 인덱스 last_seen_1',
  ),
  page(
    'ttl-index-plan',
    '/caching/ttl-index?target=mongo&namespace=shop.sessions&name=last_seen_1&action=lower_in_stages&seconds=7d&most=500',
    'TTL index last_seen_1',
    'TTL 인덱스 last_seen_1',
  ),
  page('caching-keys', '/caching/keys?target=cache&prefix=:1:&ttl=hour&sort=ttl', 'Keys', '키'),
  page('caching-key', '/caching/key?target=cache&key=:1:product:7', 'Key', '키'),
  page('caching-key-hash', '/caching/key?target=cache&key=plans:price_krw', 'Key', '키'),
  page('caching-key-plan', '/caching/key?target=cache&action=persist_key&key=:1:product:8', 'Key', '키'),
  page('caching-day', '/caching?target=cache&span=day', 'Cache', '캐시'),
  page('caching-advisor', '/caching/advisor?target=cache&prefix=:1:product:', 'TTL advisor', 'TTL 추천'),
  page('audit-record', '/audit?record=1', 'Record', '기록'),
]

export const WRONG: ConsolePage[] = [
  page('replication-wrong', '/replication?target=pg-main&action=create_slot&name=MySlot', 'Replication slots', '복제 슬롯'),
  page('shard-wrong', '/sharding/shard?target=mongo&action=shard_collection&namespace=nodot&key=a', 'Shard a collection', '컬렉션 샤딩'),
  page('advisor-wrong', '/sharding/advisor?target=mongo&namespace=shop.nothing&key=a', 'Shard-key advisor', '샤드 키 추천'),
  page('shards-wrong', '/sharding/shards?target=mongo&action=add_shard&hosts=db1:27018', 'Shards', '샤드'),
  page(
    'ttl-index-wrong',
    '/caching/ttl-index?target=mongo&namespace=shop.sessions&name=last_seen_1&action=set_ttl_seconds&seconds=abc',
    'TTL index last_seen_1',
    'TTL 인덱스 last_seen_1',
  ),
  page('target-unknown', '/caching/keys?target=nowhere', 'Keys', '키'),
  page('key-wrong', '/caching/key?target=cache&key=cart:1&action=set_ttl&ttl=0', 'Key', '키'),
  page('chunks-unsharded', '/sharding/chunks?target=mongo&namespace=shop.logs', 'Chunk map', '청크 맵'),
  page('not-found', '/no-such-page', 'There is no such page', '페이지가 없습니다'),
]
