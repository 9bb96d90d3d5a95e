"""Against real brokers: Apache Kafka from Maven and Mosquitto from the distribution, on 127.0.0.1."""
