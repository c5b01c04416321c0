-- The shop's tables. Run as one transaction; begins anew if it was cut short before.
BEGIN;
DROP TABLE IF EXISTS orders, customers, products, hosting_plans;

CREATE TABLE hosting_plans (
    id          int PRIMARY KEY,
    name        text NOT NULL UNIQUE,
    monthly_krw int NOT NULL,
    disk_gb     int NOT NULL
);
CREATE TABLE products (
    id        int PRIMARY KEY,
    name      text NOT NULL,
    category  text NOT NULL,
    price_krw int NOT NULL
);
CREATE TABLE customers (
    id        int PRIMARY KEY,
    name      text NOT NULL,
    email     text NOT NULL UNIQUE,
    region    text NOT NULL,
    plan_id   int NOT NULL REFERENCES hosting_plans,
    joined_at timestamptz NOT NULL
);
CREATE TABLE orders (
    id          bigint PRIMARY KEY,
    customer_id int NOT NULL REFERENCES customers,
    product_id  int NOT NULL REFERENCES products,
    quantity    int NOT NULL,
    amount_krw  int NOT NULL,
    status      text NOT NULL,
    ordered_at  timestamptz NOT NULL
);

INSERT INTO hosting_plans VALUES
    (1, '웹 호스팅 기본형', 5500, 5),
    (2, '웹 호스팅 고급형', 11000, 20),
    (3, '비즈니스', 22000, 50),
    (4, '쇼핑몰 전용', 33000, 100),
    (5, 'VPS Small', 27500, 80),
    (6, 'VPS Large', 88000, 320),
    (7, 'Managed PostgreSQL', 132000, 200),
    (8, '엔터프라이즈', 440000, 2000);

INSERT INTO products
SELECT n,
       (ARRAY['도메인 .kr', '도메인 .com', 'SSL 인증서', '이메일 계정', '백업 스토리지',
              'CDN 트래픽', '서버 이전', 'Monitoring'])[1 + n % 8] || ' ' || n,
       (ARRAY['domain', 'domain', 'security', 'mail', 'storage', 'network', 'service',
              'service'])[1 + n % 8],
       1000 * (1 + (n * 37) % 300)
FROM generate_series(1, 500) AS n;

INSERT INTO customers
SELECT n,
       (ARRAY['김', '이', '박', '최', '정', '강', '조', '윤'])[1 + n % 8]
           || (ARRAY['민준', '서연', '도윤', '하은', '지호', '수아', '예준'])[1 + n % 7],
       'customer' || n || '@example.' || (ARRAY['kr', 'com', 'de'])[1 + n % 3],
       (ARRAY['kr', 'kr', 'kr', 'jp', 'de', 'us'])[1 + n % 6],
       1 + (n * 13) % 8,
       now() - (n % 900) * interval '1 day'
FROM generate_series(1, 5000) AS n;

INSERT INTO orders
SELECT n,
       1 + (n * 7919) % 5000,
       1 + (n * 104729) % 500,
       1 + n % 4,
       1000 * (1 + (n * 37) % 300) * (1 + n % 4),
       (ARRAY['결제 완료', '배송 중', '완료', '완료', '환불'])[1 + n % 5],
       now() - (n % 43200) * interval '1 minute'
FROM generate_series(1::bigint, 30000) AS n;

CREATE INDEX orders_by_customer ON orders (customer_id);
CREATE INDEX orders_by_time ON orders (ordered_at);

GRANT USAGE ON SCHEMA public TO outgrow;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO outgrow;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT ON TABLES TO outgrow;
COMMIT;
