-- Asked for with every HELLO: few among a day's orders.
CREATE INDEX commands_unanswered ON commands (id) WHERE state = 'expired' AND length(result) = 0;
